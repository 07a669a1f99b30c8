import { performance } from 'node:perf_hooks';
import { RunError } from '../../errors.ts';
import type { OmittableField } from '../../runner/request/shape.ts';
import type { Generator, GeneratorHost, SessionOrder } from './generator.ts';
import type { LoadPlan } from './plan.ts';
import { type NoiseRecord, poolNoise } from './pool-noise.ts';
import { type SessionWorker, startWorker, type WorkerHooks } from './worker.ts';

/**
 * A generator whose sessions run on that many worker threads, each with connections, a handshake pace, draws and a watch on
 * noise of its own. The rounds are handed out one by one, all arms of a round to the same worker, so that what is compared
 * ran in one place. Of a worker that dies the others take over.
 * @throws RunError if one of them can't be started
 */
export async function generateOnWorkers(
  plan: LoadPlan,
  count: number,
  { spend, end, signal }: GeneratorHost,
): Promise<Generator> {
  const refused = plan.sides.map(() => new Set<OmittableField>());
  const workers: SessionWorker[] = [];
  let loopBefore = performance.eventLoopUtilization();
  const living = (): SessionWorker[] => workers.filter(({ death }) => death === undefined);
  const abort = (): void => {
    for (const worker of living()) worker.abort();
  };
  const stop: Generator['stop'] = async () => {
    signal.removeEventListener('abort', abort);
    const { utilization } = performance.eventLoopUtilization(loopBefore);
    const noises = await Promise.all(workers.map((worker) => worker.stop()));
    const known = noises.flatMap((noise) => noise ?? []);
    const pooled = poolNoise(known);
    return pooled && { ...pooled, workers: known.map(figuresOf), mainUtilisation: utilization };
  };

  const hooks: WorkerHooks = {
    onRefused(arm, fields) {
      const known = refused[plan.arms[arm]?.side ?? 0];
      for (const field of fields) known?.add(field);
    },
    onLimit: end,
    onDeath() {
      if (living().length === 0) end();
    },
  };

  try {
    for (let number = 1; number <= count; number++) {
      const data = {
        plan: planOf(plan, number, count),
        spend: spend && { limits: spend.limits, memory: spend.memory },
      };
      workers.push(startWorker(`worker ${number} of ${count}`, data, hooks));
    }
    await Promise.all(workers.map(({ ready }) => ready));
  } catch (cause) {
    await stop();
    throw new RunError((cause as Error).message, { cause });
  }
  loopBefore = performance.eventLoopUtilization();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();

  const pick = roundPicker(workers, plan.arms.length);
  return {
    runSession: (order, onStep) => pick(order).runSession(order, onStep),
    refused: (side) => refused[side] ?? new Set(),
    stop,
  };
}

/** The worker of a session: that of its round, and of a round that begins the one with the least to do. */
function roundPicker(
  workers: readonly SessionWorker[],
  arms: number,
): (order: SessionOrder) => SessionWorker {
  const rounds = new Map<string, { worker: SessionWorker; left: number }>();
  return ({ warmup, round }) => {
    const key = `${warmup}:${round}`;
    const known = rounds.get(key);
    const worker =
      known === undefined || known.worker.death !== undefined
        ? workers.reduce((least, other) => (load(other) < load(least) ? other : least))
        : known.worker;
    const left = (known?.left ?? arms) - 1;
    if (left === 0) rounds.delete(key);
    else rounds.set(key, { worker, left });
    return worker;
  };
}

/** What is told of each worker beside the worst of all. */
function figuresOf({
  utilisation,
  loopDelayP99Us,
  loopDelayMaxUs,
}: NoiseRecord): NonNullable<NoiseRecord['workers']>[number] {
  return { utilisation, loopDelayP99Us, loopDelayMaxUs };
}

/** A dead worker is the last to be asked. */
function load({ death, busy }: SessionWorker): number {
  return death === undefined ? busy : Infinity;
}

/** The plan of one worker: the same but for what is drawn by chance, as if it were a shard of its own. */
function planOf(plan: LoadPlan, worker: number, count: number): LoadPlan {
  return {
    ...plan,
    sides: plan.sides.map(({ options, ...side }) => {
      const { index, count: shards } = options.shard ?? { index: 1, count: 1 };
      const shard = { index: index + shards * (worker - 1), count: shards * count };
      return { ...side, options: { ...options, shard } };
    }),
  };
}
