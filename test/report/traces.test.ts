import otlp from '@opentelemetry/otlp-transformer/build/src/generated/root.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reporters, resultWriters } from '../../src/report/index.ts';
import type { Result } from '../../src/result/schema.ts';
import { spansOf } from '../../src/result/spans.ts';
import { madeUpResult } from '../result/made-up.ts';

const result = madeUpResult({
  edit(rounds) {
    const workflow = rounds[0]?.workflows['ws'];
    if (workflow === undefined) return;
    workflow.state = 'failed';
    workflow.recoveries = [
      {
        step: 1,
        cause: { kind: 'closed', code: '1011' },
        action: 'give_up',
        atUs: 5000,
        waitedUs: 0,
        recoveryUs: null,
        over: 'websocket',
      },
    ];
  },
});
const sessions = result.rounds.flatMap(({ workflows }) => Object.values(workflows));

describe('spans of a workflow', () => {
  it('follow one another and make up all of it', () => {
    for (const { steps, phases } of sessions) {
      const spans = spansOf({ steps });
      let atUs = 0;
      for (const { fromUs, toUs } of spans) {
        expect(fromUs).toBe(atUs);
        expect(toUs).toBeGreaterThan(fromUs);
        atUs = toUs;
      }
      const tools = spans.filter(({ kind }) => kind === 'tool');
      expect(tools.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0)).toBe(
        phases.toolTimeUs,
      );
    }
  });
});

/** The parts of the Trace Event format that we write, as it is published. */
const place = { pid: z.int().nonnegative(), tid: z.int().nonnegative() };
const time = z.int().nonnegative();
const traceEvent = z.discriminatedUnion('ph', [
  z.strictObject({
    ph: z.literal('M'),
    name: z.enum(['process_name', 'thread_name']),
    ...place,
    args: z.strictObject({ name: z.string() }),
  }),
  z.strictObject({
    ph: z.literal('X'),
    name: z.string(),
    cat: z.string(),
    ...place,
    ts: time,
    dur: time,
    args: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({
    ph: z.literal('i'),
    name: z.string(),
    cat: z.string(),
    ...place,
    ts: time,
    s: z.enum(['g', 'p', 't']),
  }),
]);
const trace = z.strictObject({
  displayTimeUnit: z.enum(['ms', 'ns']),
  otherData: z.record(z.string(), z.string()),
  traceEvents: z.array(traceEvent),
});

describe('Trace Event JSON', () => {
  const { traceEvents } = trace.parse(JSON.parse(reporters.trace(result)));
  const complete = traceEvents.flatMap((event) => (event.ph === 'X' ? [event] : []));

  it('has a track for each session, and each within its process', () => {
    const tracks = new Set(complete.map(({ pid, tid }) => `${pid}/${tid}`));
    expect(tracks.size).toBe(sessions.length);
    const names = traceEvents.flatMap((event) => (event.ph === 'M' ? [event] : []));
    expect(names.filter(({ name }) => name === 'process_name')).toHaveLength(3);
    expect(names.filter(({ name }) => name === 'thread_name')).toHaveLength(sessions.length);
  });

  it('nests phases in steps and steps in workflows, none over the edge of another', () => {
    const tracks = grouped(complete);
    for (const events of tracks.values()) {
      const open: { ts: number; dur: number }[] = [];
      for (const event of events) {
        while (open.length > 0 && event.ts >= endOf(open.at(-1))) open.pop();
        if (open.length > 0) expect(event.ts + event.dur).toBeLessThanOrEqual(endOf(open.at(-1)));
        open.push(event);
      }
      expect(events.filter(({ cat }) => cat === 'workflow')).toHaveLength(1);
      expect(events.filter(({ cat }) => cat === 'step')).toHaveLength(4);
    }
  });

  it('says what failed', () => {
    expect(traceEvents).toContainEqual(
      expect.objectContaining({ ph: 'i', name: 'closed → give_up' }),
    );
  });
});

function grouped<T extends { pid: number; tid: number }>(events: readonly T[]): Map<string, T[]> {
  const tracks = new Map<string, T[]>();
  for (const event of events) {
    const key = `${event.pid}/${event.tid}`;
    tracks.set(key, [...(tracks.get(key) ?? []), event]);
  }
  return tracks;
}

function endOf(event: { ts: number; dur: number } | undefined): number {
  return event === undefined ? Infinity : event.ts + event.dur;
}

const linesOf = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

/** A message as protobufjs makes it; its own types know the root alone. */
interface Message {
  fromObject(object: object): unknown;
  verify(message: unknown): string | null;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown): { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] };
}
const { opentelemetry } = otlp as unknown as {
  opentelemetry: {
    proto: {
      collector: {
        trace: { v1: { ExportTraceServiceRequest: Message } };
        metrics: { v1: { ExportMetricsServiceRequest: Message } };
      };
    };
  };
};
const { ExportTraceServiceRequest } = opentelemetry.proto.collector.trace.v1;
const { ExportMetricsServiceRequest } = opentelemetry.proto.collector.metrics.v1;

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const nanos = z.string().regex(/^\d+$/);
const attribute = z.strictObject({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const span = z.strictObject({
  traceId: hex(16),
  spanId: hex(8),
  parentSpanId: hex(8).optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: z.array(attribute),
  status: z.strictObject({ code: z.int() }),
});
const one = <T extends z.ZodType>(item: T) => z.tuple([item]);
const tracesData = z.object({
  resourceSpans: one(z.object({ scopeSpans: one(z.object({ spans: z.array(span) })) })),
});
const point = z.object({ count: nanos, sum: z.number(), bucketCounts: z.array(nanos) });
const metric = z.object({
  name: z.string(),
  histogram: z.object({ dataPoints: z.array(point) }),
});
const metricsData = z.object({
  resourceMetrics: one(z.object({ scopeMetrics: one(z.object({ metrics: z.array(metric) })) })),
});

describe('OTLP JSON', () => {
  const requests = linesOf(reporters.otlp(result)).map((line) => {
    const read = ExportTraceServiceRequest.fromObject(line as object);
    const bytes = ExportTraceServiceRequest.encode(read).finish();
    return ExportTraceServiceRequest.toObject(ExportTraceServiceRequest.decode(bytes));
  });
  const spans = linesOf(reporters.otlp(result)).map(
    (line) => tracesData.parse(line).resourceSpans[0].scopeSpans[0].spans,
  );

  it("is read by OpenTelemetry's own messages, a request for each workflow", () => {
    expect(requests).toHaveLength(sessions.length);
    for (const [index, { resourceSpans }] of requests.entries()) {
      expect(resourceSpans[0]?.scopeSpans[0]?.spans).toHaveLength(spans[index]?.length ?? NaN);
    }
  });

  it('is a trace of its own for each workflow, whose spans hang together and bear the names of the conventions', () => {
    expect(new Set(spans.map(([root]) => root?.traceId)).size).toBe(sessions.length);
    for (const [root, ...children] of spans) {
      expect(root?.name).toBe('invoke_workflow coding-agent');
      expect(new Set([root, ...children].map((span) => span?.spanId)).size).toBe(
        children.length + 1,
      );
      for (const { parentSpanId, traceId, startTimeUnixNano, endTimeUnixNano } of children) {
        expect([parentSpanId, traceId]).toEqual([root?.spanId, root?.traceId]);
        expect(BigInt(startTimeUnixNano) >= BigInt(root?.startTimeUnixNano ?? 0)).toBe(true);
        expect(BigInt(endTimeUnixNano) <= BigInt(root?.endTimeUnixNano ?? 0)).toBe(true);
      }
      const keys = new Set(children.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
      for (const name of [
        'gen_ai.operation.name',
        'gen_ai.provider.name',
        'gen_ai.request.model',
        'gen_ai.usage.input_tokens',
        'gen_ai.response.time_to_first_chunk',
      ])
        expect(keys).toContain(name);
      expect(children.map(({ name }) => name)).toContain('execute_tool');
    }
  });

  it('holds histograms of what completed, by the names of the conventions', () => {
    const lines = linesOf(reporters['otlp-metrics'](result));
    expect(lines).toHaveLength(3);
    for (const [index, line] of lines.entries()) {
      expect(
        ExportMetricsServiceRequest.verify(ExportMetricsServiceRequest.fromObject(line as object)),
      ).toBeNull();
      const { metrics } = metricsData.parse(line).resourceMetrics[0].scopeMetrics[0];
      expect(metrics.map(({ name }) => name)).toEqual([
        'gen_ai.workflow.duration',
        'gen_ai.client.operation.duration',
        'gen_ai.client.operation.time_to_first_chunk',
        'gen_ai.execute_tool.duration',
      ]);
      const [point] = metrics[0]?.histogram.dataPoints ?? [];
      const summary =
        result.transports[result.run.options.transports[index] ?? '']?.metrics.workflow_e2e;
      expect(Number(point?.count)).toBe(summary?.count);
      expect(point?.bucketCounts.reduce((sum, count) => sum + Number(count), 0)).toBe(
        summary?.count,
      );
      expect(point?.sum).toBeCloseTo(((summary?.mean ?? 0) * (summary?.count ?? 0)) / 1e6, 6);
    }
  });
});

describe('what is written piece by piece', () => {
  it.each(['trace', 'otlp'] as const)(
    '%s: no piece is more than a session, and they make the whole',
    (name) => {
      const many: Result = madeUpResult({ rounds: 100 });
      const pieces = [...(resultWriters[name](many) as Iterable<string>)];
      const whole = reporters[name](many);
      expect(pieces.join('')).toBe(whole);
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(whole.length / 200);
    },
  );
});
