import type { StreamFault } from './faults.ts';
import type { Plan } from './plan.ts';

/** What really goes out of a planned response. */
export interface Staging {
  /** Messages and their deadlines in ms, as the plan has them or as a fault broke them. */
  readonly frames: readonly { type: string; json: string }[];
  readonly dueMs: readonly number[];
  /** What follows the last of them. */
  readonly ending: 'complete' | 'failed' | 'reset' | 'stall' | { closeCode: number };
}

/** The whole plan, or what a fault leaves of it. Pure. */
export function stage(plan: Plan, struck: StreamFault | undefined): Staging {
  const { frames, dueMs } = plan;
  if (struck === undefined) return { frames, dueMs, ending: 'complete' };
  // The terminal event is never among those that went out before.
  const at = Math.min(struck.event, frames.length - 1);
  const dueAtMs = dueMs[at] ?? 0;
  const begun = { frames: frames.slice(0, at), dueMs: dueMs.slice(0, at) };
  const { fault } = struck;
  switch (fault.kind) {
    case 'reset':
      return { ...begun, ending: 'reset' };
    case 'close':
      return { ...begun, ending: { closeCode: fault.code } };
    case 'stall': {
      const { ms } = fault;
      if (ms === undefined) return { ...begun, ending: 'stall' };
      const late = dueMs.map((due, index) => (index < at ? due : due + ms));
      return { frames, dueMs: late, ending: 'complete' };
    }
    case 'garbage':
      return insert('{"type":"response.gar');
    case 'oversize':
      return insert(`{"type":"response.oversized","filler":"${'x'.repeat(OVERSIZE_BYTES)}"}`);
    case 'fail':
      return {
        frames: [...begun.frames, { type: 'response.failed', json: failedJson(plan, at) }],
        dueMs: [...begun.dueMs, dueAtMs],
        ending: 'failed',
      };
  }

  function insert(json: string): Staging {
    return {
      frames: [...begun.frames, { type: 'response.broken', json }, ...frames.slice(at)],
      dueMs: [...begun.dueMs, dueAtMs, ...dueMs.slice(at)],
      ending: 'complete',
    };
  }
}

const OVERSIZE_BYTES = 17 * 1024 ** 2;

/** The whole response in place of what `response.completed` would have carried. */
export function failedResponse(plan: Plan): object {
  return {
    ...(JSON.parse(plan.responseJson) as object),
    status: 'failed',
    completed_at: null,
    incomplete_details: null,
    output: [],
    usage: null,
    error: { code: 'server_error', message: 'The model failed to generate a response.' },
  };
}

function failedJson(plan: Plan, sequence_number: number): string {
  const response = failedResponse(plan);
  return JSON.stringify({ type: 'response.failed', sequence_number, response });
}
