import type { Phases, WorkflowRecord } from './record.ts';

/** What a session did for a while, within one step. */
export interface Span {
  kind: SpanKind;
  /** Counted from 0. */
  step: number;
  /** Since the workflow began. */
  fromUs: number;
  toUs: number;
}

/** The kinds of spans, in the order of a step's life. */
export const spanKinds = ['tool', 'own', 'dial', 'upload', 'wait', 'stream', 'outage'] as const;

export type SpanKind = (typeof spanKinds)[number];

/**
 * A workflow as spans one after another. The phases of a step are known by their length: they are laid out in the order of
 * its life, what was lost to failed attempts before the attempt that counted, and what no phase accounts for at the end.
 */
export function spansOf({ steps }: Pick<WorkflowRecord, 'steps'>): Span[] {
  let atUs = 0;
  return steps.flatMap(({ index: step, phases, agentsUs = 0 }) =>
    phaseSpans(phases, agentsUs).flatMap(([kind, us]) => {
      if (us <= 0) return [];
      const fromUs = atUs;
      atUs += us;
      return [{ kind, step, fromUs, toUs: atUs }];
    }),
  );
}

/** Sub-agents are waited for as tools are. */
function phaseSpans(phases: Phases, agentsUs: number): [SpanKind, number][] {
  return [
    ['tool', phases.toolTimeUs + agentsUs],
    ['outage', phases.recoveryUs],
    ['own', phases.clientOverheadUs],
    ['dial', phases.handshakeUs],
    ['upload', phases.requestWriteUs],
    ['wait', phases.waitingUs],
    ['stream', phases.streamingUs],
    ['own', phases.residualUs],
  ];
}
