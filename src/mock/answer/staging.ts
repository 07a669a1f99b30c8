import type { StreamFault } from '../fault/faults.ts';
import type { Plan } from './response-layout.ts';

/** What really goes out of a planned response. */
export interface Staging {
  /** Messages and their deadlines in ms, as the plan has them or as a fault broke them; undefined where one only strikes. */
  readonly frames: readonly ({ type: string; json: string } | undefined)[];
  readonly dueMs: readonly number[];
  /** The index at whose deadline a fault strikes. */
  readonly faultAt?: number;
  /** What follows the last of them. */
  readonly ending: 'complete' | 'failed' | 'reset' | 'stall' | { closeCode: number };
}

/** The whole plan, or what a fault leaves of it. Pure. */
export function stage(plan: Plan, struck: StreamFault | undefined): Staging {
  const { frames, dueMs } = plan;
  if (struck === undefined) return { frames, dueMs, ending: 'complete' };
  // The terminal event is never among those that went out before.
  const faultAt = Math.min(struck.event, frames.length - 1);
  const { fault } = struck;
  switch (fault.kind) {
    case 'reset':
    case 'stall':
      if (fault.kind === 'stall' && fault.ms !== undefined) return insert(undefined, fault.ms);
      return endWith(undefined, fault.kind);
    case 'close':
      return endWith(undefined, { closeCode: fault.code });
    case 'fail':
      return endWith({ type: 'response.failed', json: failedJson(plan, faultAt) }, 'failed');
    case 'garbage':
      return insert({ type: BROKEN, json: '{"type":"response.gar' });
    case 'oversize':
      return insert({ type: BROKEN, json: oversizedJson() });
  }

  function endWith(last: Staging['frames'][number], ending: Staging['ending']): Staging {
    const begun = [...frames.slice(0, faultAt), last];
    return { frames: begun, dueMs: dueMs.slice(0, faultAt + 1), faultAt, ending };
  }

  function insert(frame: Staging['frames'][number], restMs = 0): Staging {
    return {
      frames: [...frames.slice(0, faultAt), frame, ...frames.slice(faultAt)],
      dueMs: [...dueMs.slice(0, faultAt + 1), ...dueMs.slice(faultAt).map((due) => due + restMs)],
      faultAt,
      ending: 'complete',
    };
  }
}

/** What a fault puts in place of the body, where the response goes out as one. */
export function brokenBody({ frames, faultAt = -1 }: Staging): string | undefined {
  const frame = frames[faultAt];
  return frame?.type === BROKEN ? frame.json : undefined;
}

const BROKEN = 'response.broken';

function oversizedJson(): string {
  return `{"type":"response.oversized","filler":"${'x'.repeat(OVERSIZE_BYTES)}"}`;
}

const OVERSIZE_BYTES = 17 * 1024 ** 2;

/** The whole response in place of what `response.completed` would have carried. */
export function failedResponse(plan: Plan): object {
  return {
    ...plan.response,
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
