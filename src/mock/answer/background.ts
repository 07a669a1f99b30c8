import type { InFlight } from '../deliver/in-flight.ts';
import type { Pacer } from '../deliver/pacer.ts';
import type { ResponseLayout } from './response-layout.ts';
import type { Reply } from './service.ts';

/** A response that is made whether anybody listens or not. */
export interface BackgroundRun {
  readonly layout: ResponseLayout;
  /** When it began, on the clock of `performance.now()`. */
  readonly startMs: number;
  /** How it stands now, as JSON. */
  json(): string;
  /** How it stood when it was asked for. */
  queuedJson(): string;
  /** Calls back when it is cancelled; the function that it returns takes that back. */
  readonly onCancel: (listener: () => void) => () => void;
}

/** Responses made in the background: those under way, and the newest that are over. */
export interface BackgroundRuns {
  start(reply: Reply): BackgroundRun;
  find(responseId: string): BackgroundRun | undefined;
  /** Ends a run unless it is over; undefined if there is none of that id. */
  cancel(responseId: string): BackgroundRun | undefined;
  /** Cancels and forgets it; false if there is none of that id. */
  delete(responseId: string): boolean;
}

/** A set of runs with a clock of their own; faults of a connection don't touch them. */
export function createBackgroundRuns(pacer: Pacer, inFlight: InFlight): BackgroundRuns {
  const runs = new Map<string, { run: BackgroundRun; cancel: () => void; isOver: () => boolean }>();

  function forgetOldest(): void {
    for (const [id, { isOver }] of runs) {
      if (runs.size <= MAX_KEPT) return;
      if (isOver()) runs.delete(id);
    }
  }

  return {
    start({ layout, settle }) {
      const startMs = performance.now();
      const end = inFlight.begin();
      const listeners = new Set<() => void>();
      let state: 'running' | 'completed' | 'cancelled' = 'running';
      const playback = pacer.play([startMs + layout.timing.terminalMs], (_, to) => {
        state = 'completed';
        settle();
        end();
        return to;
      });
      const run: BackgroundRun = {
        layout,
        startMs,
        json() {
          if (state === 'completed') return layout.responseJson;
          const began = performance.now() - startMs >= layout.timing.beginMs;
          const unfinished = began ? 'in_progress' : 'queued';
          return statusJson(layout, state === 'cancelled' ? state : unfinished);
        },
        queuedJson: () => statusJson(layout, 'queued'),
        onCancel(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
      runs.set(layout.responseId, {
        run,
        isOver: () => state !== 'running',
        cancel() {
          if (state !== 'running') return;
          state = 'cancelled';
          playback.stop();
          end();
          for (const listener of listeners) listener();
        },
      });
      forgetOldest();
      return run;
    },
    find: (id) => runs.get(id)?.run,
    cancel(id) {
      const entry = runs.get(id);
      entry?.cancel();
      return entry?.run;
    },
    delete(id) {
      runs.get(id)?.cancel();
      return runs.delete(id);
    },
  };
}

/** Runs that can be read and streamed again. */
const MAX_KEPT = 256;

function statusJson(
  { response }: ResponseLayout,
  status: 'queued' | 'in_progress' | 'cancelled',
): string {
  return JSON.stringify({
    ...response,
    status,
    completed_at: null,
    incomplete_details: null,
    output: [],
    usage: null,
  });
}
