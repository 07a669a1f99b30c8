import type { StreamFault } from '../fault/faults.ts';
import type { ResponseLayout } from './response-layout.ts';

/** The part of a planned response that really goes out. */
export interface Staging {
  /**
   * Messages and their deadlines in ms, as the layout has them or as a fault broke them; undefined where one only
   * strikes.
   */
  readonly frames: readonly ({ type: string; json: string } | undefined)[];
  readonly dueMs: readonly number[];
  /** The index at whose deadline a fault strikes. */
  readonly faultAt?: number;
  /** What follows the last of them. */
  readonly ending: 'complete' | 'failed' | 'reset' | 'stall' | { closeCode: number };
}

/** The whole layout, or what a fault leaves of it. Pure. */
export function stage(layout: ResponseLayout, struck: StreamFault | undefined): Staging {
  const { frames, dueMs } = layout;
  if (struck === undefined) return { frames, dueMs, ending: 'complete' };
  // The terminal event is never among those that went out before.
  const faultAt = Math.min(struck.event, frames.length - 1);
  const { effect } = struck;
  switch (effect.kind) {
    case 'rest':
      return insert(undefined, effect.ms);
    case 'hold':
      return { frames, dueMs: heldBack(dueMs, faultAt, effect.ms), faultAt, ending: 'complete' };
    case 'unreadable':
      return insert({ type: UNREADABLE, json: effect.json() });
    case 'end': {
      const { ending } = effect;
      if (ending !== 'failed') return endWith(undefined, ending);
      return endWith({ type: 'response.failed', json: failedJson(layout, faultAt) }, ending);
    }
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

/** The end comes when it would have come. */
function heldBack(dueMs: readonly number[], from: number, ms: number): number[] {
  const flushMs = Math.min((dueMs[from] ?? 0) + ms, dueMs.at(-1) ?? 0);
  return dueMs.map((due, index) => (index < from ? due : Math.max(due, flushMs)));
}

/** The text that a fault puts in place of the body, where the response goes out as one. */
export function unreadableBody({ frames, faultAt = -1 }: Staging): string | undefined {
  const frame = frames[faultAt];
  return frame?.type === UNREADABLE ? frame.json : undefined;
}

const UNREADABLE = 'response.unreadable';

/** The whole response in place of what `response.completed` would have carried. */
export function failedResponse(layout: ResponseLayout): object {
  return {
    ...layout.response,
    status: 'failed',
    completed_at: null,
    incomplete_details: null,
    output: [],
    usage: null,
    error: { code: 'server_error', message: 'The model failed to generate a response.' },
  };
}

function failedJson(layout: ResponseLayout, sequence_number: number): string {
  const response = failedResponse(layout);
  return JSON.stringify({ type: 'response.failed', sequence_number, response });
}
