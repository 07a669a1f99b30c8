import { armsOf } from '../../result/control.ts';
import type { StepRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { type Span, spansOf } from '../../result/spans.ts';
import { spanLabels } from '../text/span-labels.ts';
import { type Session, sessionsOf } from './sessions.ts';

/**
 * Trace Event JSON (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), which Perfetto and
 * chrome://tracing open: a process for each transport, a track for each session, on it the workflow, its steps and the
 * phases of these, one inside the other. A piece for each session.
 */
export function* traceEvents(result: Result): Generator<string> {
  const { run, tool } = result;
  const about = {
    tool: `${tool.name} ${tool.version}`,
    run: run.id,
    scenario: run.scenario.name,
    startedAt: run.startedAt,
    note: 'sessions are laid out as their rounds ran; when exactly each began was not kept',
  };
  const arms = armsOf(run.options);
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  yield processNames(arms)
    .map((event) => JSON.stringify(event))
    .join(',\n');
  for (const session of sessionsOf(result)) {
    const events = sessionEvents(session, arms.indexOf(session.transport) + 1);
    yield events.map((event) => `,\n${JSON.stringify(event)}`).join('');
  }
  yield '\n]}\n';
}

/** What the format knows of an event: times are in µs. */
interface TraceEvent {
  name: string;
  /** Complete, with a length; an instant; or a name for a process or a track. */
  ph: 'X' | 'i' | 'M';
  pid: number;
  tid: number;
  ts?: number;
  dur?: number;
  cat?: string;
  s?: 't';
  args?: Record<string, unknown>;
}

function processNames(arms: readonly string[]): TraceEvent[] {
  return arms.map((name, index) => ({
    ...{ name: 'process_name', ph: 'M', pid: index + 1, tid: 0 },
    args: { name },
  }));
}

function sessionEvents(session: Session, pid: number): TraceEvent[] {
  const { round, transport, workflow, startUs } = session;
  const place = { pid, tid: round + 1 };
  const spans = spansOf(workflow);
  const complete = (
    name: string,
    cat: string,
    { fromUs, toUs }: Pick<Span, 'fromUs' | 'toUs'>,
    args?: TraceEvent['args'],
  ): TraceEvent => ({
    ...{ name, cat, ph: 'X', ...place },
    ...{ ts: startUs + fromUs, dur: toUs - fromUs },
    ...(args && { args }),
  });
  const endUs = Math.max(workflow.e2eUs, spans.at(-1)?.toUs ?? 0);
  return [
    { name: 'thread_name', ph: 'M', ...place, args: { name: `round ${round + 1}` } },
    complete(
      'workflow',
      'workflow',
      { fromUs: 0, toUs: endUs },
      { transport, state: workflow.state },
    ),
    ...workflow.steps.flatMap((step) => {
      const own = spans.filter((span) => span.step === step.index);
      const [first, last] = [own[0], own.at(-1)];
      if (first === undefined || last === undefined) return [];
      const whole = { fromUs: first.fromUs, toUs: last.toUs };
      return [
        complete(`step ${step.index + 1}`, 'step', whole, stepFacts(step)),
        ...own.map((span) => complete(spanLabels[span.kind], 'phase', span)),
      ];
    }),
    ...(workflow.recoveries ?? []).map(
      ({ action, cause, atUs }): TraceEvent => ({
        ...{ name: `${cause.kind} → ${action}`, cat: 'recovery', ph: 'i', s: 't', ...place },
        ts: startUs + atUs,
      }),
    ),
  ];
}

function stepFacts(step: StepRecord): Record<string, unknown> {
  const { state, failure, bytesSent, bytesReceived, inputTokens, cachedTokens, outputTokens } =
    step;
  return {
    ...{ state, bytesSent, bytesReceived, inputTokens, cachedTokens, outputTokens },
    ...{ ttftUs: step.ttftUs, attempts: step.attempts ?? 1 },
    ...(failure && { failure: failure.kind }),
  };
}
