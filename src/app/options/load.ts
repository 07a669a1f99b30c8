import type { Threshold } from '../../compare/gate/thresholds.ts';
import { limitsWorkflows } from '../../compare/load/good.ts';
import { UsageError } from '../../errors.ts';
import { type Arrival, type ArrivalProcess, arrivalsOf } from '../../runner/load/arrivals.ts';
import { type Stage, steady, totalUs } from '../../runner/load/stages.ts';
import { sessionsAllowed } from './open-files.ts';
import type { LoadStage } from './settings/stages.ts';
import type { Shard } from './shard.ts';
import { MAX_ROUNDS, resolveStop, type StopOptions, type StopRule } from './stop.ts';

/** How much goes on at once, and for how long. */
export interface LoadOptions {
  /**
   * Workflows begun per second on each transport, whatever became of those before; their time counts from when they were
   * due. @default rounds, as many at once as `concurrency`
   */
  ratePerSecond?: number;
  /** How they arrive. @default 'constant' */
  arrival?: ArrivalProcess;
  /** A load that changes: all stages are rates, or all are sessions at once. @default the same all the time */
  stages?: readonly LoadStage[];
  /** How long rounds begin; with a rate, workflows on each transport. @default with a rate and no `iterations` 30 s */
  durationMs?: number;
  /** With a rate, how long a transport's turn is. @default a tenth of the duration */
  windowMs?: number;
  /** Upper limits on times that each workflow is held against, to be counted as good; others are left out. @default none */
  goodWithin?: readonly Threshold[];
  /**
   * Looks for the rate that each transport just keeps up with: `durationMs` at one rate after another, 10 s unless told,
   * from `ratePerSecond` on, 1 unless told. @default false
   */
  ramp?: boolean;
}

/** A load that isn't the same number of rounds at once all the time. */
export type Load = RateLoad | { by: 'sessions'; stages: readonly Stage[] };

/** Workflows that begin when they are due. */
export interface RateLoad {
  by: 'rate';
  stages: readonly Stage[];
  arrival: ArrivalProcess;
  /** How long a transport's turn is. */
  windowUs: number;
  goodWithin: readonly Threshold[];
  /** Every window has a rate of its own, the first that of `stages`. */
  ramp: boolean;
}

/** What of a run its load decides. */
export interface ResolvedLoad {
  load: Load | undefined;
  /** Measured rounds, at most that many where `stop` ends them sooner. */
  iterations: number;
  stop: StopRule | undefined;
  /** Rounds in flight, or sessions open at once at most; undefined where nothing says. */
  concurrency: number | undefined;
}

/** The rest of the options, as far as a load depends on it. */
interface Around {
  transports: readonly string[];
  seed: number;
  shard: Shard | undefined;
  concurrency: number | undefined;
}

const DEFAULT_DURATION_MS = 30_000;
const DEFAULT_LEVEL_MS = 10_000;
const DEFAULT_OPEN = 1000;
const WINDOWS = 10;
const MOST_MS = 24 * 3_600_000;
const MOST_TARGET = 1_000_000;

/**
 * The load of a run with its defaults filled in.
 * @throws UsageError for the first value that is no good, or that goes with another.
 */
export function resolveLoad(options: LoadOptions & StopOptions, around: Around): ResolvedLoad {
  const { ratePerSecond, stages, durationMs, iterations, until, maxTimeMs } = options;
  checkTime('duration', durationMs);
  checkTime('window', options.windowMs);
  if (options.ramp === true) return resolveRamp(options, around);
  const byRate = ratePerSecond !== undefined || stages?.some((stage) => 'ratePerSecond' in stage);
  if (byRate) return resolveRate(options, around);
  refuse(options, ['arrival', 'windowMs'], 'goes with a rate, or stages of one');
  if (stages !== undefined) return resolveSessions(stages, options, around.concurrency);
  if (durationMs === undefined) {
    return { load: undefined, ...resolveStop(options), concurrency: around.concurrency };
  }
  if (maxTimeMs !== undefined) {
    throw new UsageError('duration: expected a duration or a max time, got both');
  }
  const most = until === undefined ? { iterations: iterations ?? MAX_ROUNDS } : {};
  const rounds = resolveStop({ ...options, ...most, maxTimeMs: durationMs });
  return { load: undefined, ...rounds, concurrency: around.concurrency };
}

/** The arrivals of a rate, on this machine where others have their part. */
export function arrivalsIn(
  { stages, arrival }: RateLoad,
  { seed, shard, iterations }: Pick<Around, 'seed' | 'shard'> & { iterations: number },
): Iterable<Arrival> {
  const most = iterations * (shard?.count ?? 1);
  return arrivalsOf({ stages, process: arrival, seed, shard, most });
}

function resolveRate(options: LoadOptions & StopOptions, around: Around): ResolvedLoad {
  refuse(
    options,
    ['until'],
    'judges rounds, which a rate does not wait for; leave one of them out',
  );
  const stages = ratesOf(options);
  const { iterations = MAX_ROUNDS, windowMs } = options;
  const rounds = resolveStop({ ...options, iterations });
  const lastsUs = Math.min(totalUs(stages), (iterations / (stages.at(-1)?.target ?? 1)) * 1e6);
  const windowUs = windowMs === undefined ? lastsUs / WINDOWS : windowMs * 1000;
  const load = rateLoad(options, stages, windowUs);
  let due = 0;
  for (const _ of arrivalsIn(load, { ...around, iterations: iterations + 1 })) due++;
  if (due === 0) throw new UsageError('rate: nothing is due in that time, so nothing would run');
  if (options.iterations === undefined && due > MAX_ROUNDS) {
    throw new UsageError(`rate: expected at most ${MAX_ROUNDS} workflows in all, got more`);
  }
  const concurrency = mostOpen(around);
  return { load, iterations: Math.min(due, iterations), stop: rounds.stop, concurrency };
}

function resolveRamp(options: LoadOptions & StopOptions, around: Around): ResolvedLoad {
  const keys = ['stages', 'iterations', 'until', 'windowMs'] as const;
  refuse(options, keys, 'a ramp decides that itself; leave one of them out');
  if (around.shard !== undefined) {
    throw new UsageError('ramp: one machine looks for the knee, so it has no shard');
  }
  const { ratePerSecond = 1, durationMs = DEFAULT_LEVEL_MS, maxTimeMs } = options;
  const windowUs = durationMs * 1000;
  const load = { ...rateLoad(options, heldRate(ratePerSecond, windowUs), windowUs), ramp: true };
  resolveStop(options);
  const stop = { until: undefined, maxTimeMs };
  return { load, iterations: MAX_ROUNDS, stop, concurrency: mostOpen(around) };
}

function rateLoad(
  { arrival = 'constant', goodWithin = [] }: LoadOptions,
  stages: readonly Stage[],
  windowUs: number,
): RateLoad {
  const limits = goodWithin.filter(limitsWorkflows);
  return { by: 'rate', stages, arrival, windowUs, goodWithin: limits, ramp: false };
}

function mostOpen({ concurrency, transports }: Around): number {
  return concurrency ?? Math.min(DEFAULT_OPEN, sessionsAllowed(transports));
}

function heldRate(perSecond: number, durationUs: number): Stage[] {
  checkTarget('rate', perSecond, 0.001);
  return steady(perSecond, durationUs);
}

function ratesOf({
  ratePerSecond,
  stages,
  durationMs,
  iterations,
}: LoadOptions & StopOptions): Stage[] {
  if (stages === undefined) {
    const forMs = durationMs ?? (iterations === undefined ? DEFAULT_DURATION_MS : Infinity);
    return heldRate(ratePerSecond ?? 0, forMs * 1000);
  }
  if (ratePerSecond !== undefined || durationMs !== undefined) {
    throw new UsageError('stages: say the rate and how long it holds; leave rate and duration out');
  }
  return stages.map((stage) => {
    if ('ratePerSecond' in stage) return toStage(stage.durationMs, stage.ratePerSecond);
    throw mixed;
  });
}

function resolveSessions(
  stages: readonly LoadStage[],
  options: LoadOptions & StopOptions,
  concurrency: number | undefined,
): ResolvedLoad {
  if (concurrency !== undefined || options.durationMs !== undefined) {
    throw new UsageError(
      'stages: say how many sessions there are at once and for how long; leave concurrency and duration out',
    );
  }
  refuse(options, ['maxTimeMs', 'until'], 'rounds end with the stages; leave one of them out');
  const sessions = stages.map((stage) => {
    if ('sessions' in stage) return toStage(stage.durationMs, stage.sessions);
    throw mixed;
  });
  const most = Math.ceil(Math.max(...sessions.map(({ target }) => target)));
  const lastMs = totalUs(sessions) / 1000;
  if (most === 0 || lastMs === 0)
    throw new UsageError('stages: expected some sessions for some time, got none');
  const { iterations = MAX_ROUNDS } = options;
  const rounds = resolveStop({ ...options, iterations, maxTimeMs: lastMs });
  return { ...rounds, load: { by: 'sessions', stages: sessions }, concurrency: most };
}

const mixed = new UsageError(
  'stages: expected all of them to be rates (30s:20/s), or none (30s:100 is sessions at once)',
);

function toStage(durationMs: number, target: number): Stage {
  checkTarget('stages', target, 0);
  if (!(durationMs >= 0 && durationMs <= MOST_MS)) {
    throw new UsageError(`stages: expected times from 0s to 24h, got ${durationMs} ms`);
  }
  return { durationUs: durationMs * 1000, target };
}

function checkTarget(name: string, target: number, least: number): void {
  if (target >= least && target <= MOST_TARGET) return;
  throw new UsageError(`${name}: expected a number from ${least} to ${MOST_TARGET}, got ${target}`);
}

function checkTime(name: string, ms: number | undefined): void {
  if (ms === undefined || (ms >= 1 && ms <= MOST_MS)) return;
  throw new UsageError(`${name}: expected a time from 1ms to 24h, got ${ms} ms`);
}

function refuse(
  options: LoadOptions & StopOptions,
  keys: readonly (keyof LoadOptions | keyof StopOptions)[],
  why: string,
): void {
  const given = keys.find((key) => options[key] !== undefined);
  if (given === undefined) return;
  throw new UsageError(`${given.replace(/Ms$/, '').replace('max', 'max ')}: ${why}`.toLowerCase());
}
