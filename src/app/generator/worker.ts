import { Worker } from 'node:worker_threads';
import { brokenSession } from '../../runner/broken-session.ts';
import type { OmittableField } from '../../runner/request/shape.ts';
import type { SessionEnded } from '../../runner/session.ts';
import type { OnStep, SessionOrder } from './generator.ts';
import type { FromWorker, ToWorker, WorkerData } from './messages.ts';
import type { NoiseRecord } from './pool-noise.ts';

/** How long a worker that is to end may take to hand in what it has, in ms. */
const END_TIMEOUT_MS = 5000;

/** A worker thread that runs sessions. */
export interface SessionWorker {
  /** Settles once the thread runs orders; with the error of one that can't be started. */
  ready: Promise<void>;
  /** Sessions under way. */
  readonly busy: number;
  /** Why the thread is gone though nobody stopped it; undefined while it isn't. */
  readonly death: Error | undefined;
  runSession(order: SessionOrder, onStep: OnStep): Promise<SessionEnded>;
  /** Calls off what is under way: it is handed in as it is, or given up for lost. */
  abort(): void;
  /** Ends the thread; resolves to what disturbed it, undefined where it can no longer say. */
  stop(): Promise<NoiseRecord | undefined>;
}

/** What a worker's owner is told. */
export interface WorkerHooks {
  /** A side's endpoint refused these fields. */
  onRefused: (arm: number, fields: readonly OmittableField[]) => void;
  onLimit: () => void;
  onDeath: () => void;
}

interface Pending {
  arm: number;
  onStep: OnStep;
  resolve: (ended: SessionEnded) => void;
}

/**
 * A started worker thread. Should it die, the sessions that it had under way are failures of kind `internal`, and so is
 * every later one.
 * @param name as its death is told: `worker 2 of 4`
 */
export function startWorker(name: string, data: WorkerData, hooks: WorkerHooks): SessionWorker {
  const worker = new Worker(entry(), { workerData: data, name, execArgv: [] });
  const pending = new Map<number, Pending>();
  let ids = 0;
  let death: Error | undefined;
  let stopping = false;
  let stopped: ((noise: NoiseRecord | undefined) => void) | undefined;
  let settleReady: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    settleReady = { resolve, reject };
  });

  function die(reason: string): void {
    stopped?.(undefined);
    if (death !== undefined || stopping) return;
    death = new Error(`${name} died: ${reason}`);
    settleReady?.reject(death);
    for (const { resolve } of pending.values()) resolve(brokenSession(death));
    pending.clear();
    hooks.onDeath();
  }
  worker.on('error', (error) => {
    die(error instanceof Error ? error.message : String(error));
  });
  worker.on('exit', (code) => {
    die(`exit code ${code}`);
  });
  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'ready':
        settleReady?.resolve();
        break;
      case 'steps':
        for (const [id, state] of message.steps) pending.get(id)?.onStep(state);
        break;
      case 'ended': {
        const session = pending.get(message.id);
        pending.delete(message.id);
        if (session === undefined) break;
        hooks.onRefused(session.arm, message.refused);
        session.resolve(message.ended);
        break;
      }
      case 'limit':
        hooks.onLimit();
        break;
      case 'stopped':
        stopped?.(message.noise);
        break;
    }
  });
  function tell(message: ToWorker): void {
    worker.postMessage(message);
  }

  return {
    ready,
    get busy() {
      return pending.size;
    },
    get death() {
      return death;
    },
    runSession(order, onStep) {
      if (death !== undefined) return Promise.resolve(brokenSession(death));
      return new Promise((resolve) => {
        const id = ids++;
        pending.set(id, { arm: order.arm, onStep, resolve });
        tell({ kind: 'run', id, order });
      });
    },
    abort() {
      tell({ kind: 'abort' });
      const lost = setTimeout(() => {
        if (pending.size > 0) die(`it handed nothing in for ${END_TIMEOUT_MS / 1000} s`);
      }, END_TIMEOUT_MS);
      lost.unref();
    },
    async stop() {
      const noise =
        death ??
        (await new Promise<NoiseRecord | undefined>((resolve) => {
          stopped = resolve;
          setTimeout(resolve, END_TIMEOUT_MS, undefined).unref();
          tell({ kind: 'stop' });
        }));
      stopping = true;
      await worker.terminate();
      return noise instanceof Error ? undefined : noise;
    },
  };
}

/** Beside this file once built; tests run this file from source, yet the thread always from the built program. */
function entry(): URL {
  const path = import.meta.url.endsWith('.ts')
    ? '../../../dist/app/generator/thread.js'
    : './thread.js';
  return new URL(path, import.meta.url);
}
