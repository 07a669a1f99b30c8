import { UsageError } from '../../errors.ts';

/** One machine's part of a run on several: the `index`-th of `count`, the first is 1. */
export interface Shard {
  index: number;
  count: number;
}

/** More machines than anybody has; what is above is a slip of the pen. */
const MOST = 100_000;

/** Where a scheduler tells its tasks which of them they are, from 0 on, and some how many there are. */
const schedulers = [
  { index: 'JOB_COMPLETION_INDEX', of: 'a Kubernetes Indexed Job' },
  {
    index: 'SLURM_ARRAY_TASK_ID',
    count: 'SLURM_ARRAY_TASK_COUNT',
    least: 'SLURM_ARRAY_TASK_MIN',
    of: 'a Slurm array',
  },
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', of: 'an AWS Batch array' },
] as const;

/**
 * The shard that a flag asks for: `2/4`, `auto/4` with the index from the scheduler's variables, or `auto` with the count
 * from them too.
 * @throws UsageError saying what was expected of the flag, or of the variables
 */
export function readShard(text: string, env: NodeJS.ProcessEnv): Shard {
  const [, index, count] = /^(\d{1,9}|auto)(?:\/(\d{1,9}))?$/.exec(text) ?? [];
  if (index === undefined || (index !== 'auto' && count === undefined)) {
    throw new UsageError(
      `--shard: expected i/n such as 2/4, auto/n or auto, got ${JSON.stringify(text)}`,
    );
  }
  if (index !== 'auto') return checkShard({ index: Number(index), count: Number(count) });
  return fromScheduler(count === undefined ? undefined : Number(count), env);
}

/**
 * A shard whose index is from 1 to its count.
 * @throws UsageError where it isn't
 */
export function checkShard({ index, count }: Shard): Shard {
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw new UsageError(`shard: expected 1 to ${MOST} parts, got ${count}`);
  }
  if (!Number.isInteger(index) || index < 1 || index > count) {
    throw new UsageError(`shard: expected a part from 1 to ${count}, got ${index}`);
  }
  return { index, count };
}

/**
 * A number in the place of the run's seed for whatever draws by chance (the link's jitter, the mock's times and faults):
 * of each shard another, so that no two of them measure the same draws; without a shard the seed itself.
 */
export function drawsOf({ seed, shard }: { seed: number; shard: Shard | undefined }): number {
  return shard === undefined ? seed : (seed ^ Math.imul(shard.index, 0x9e3779b1)) & 0x7fffffff;
}

function fromScheduler(given: number | undefined, env: NodeJS.ProcessEnv): Shard {
  const scheduler = schedulers.find(({ index }) => env[index] !== undefined && env[index] !== '');
  if (scheduler === undefined) {
    const names = schedulers.map(({ index }) => index).join(', ');
    throw new UsageError(`--shard auto: expected one of ${names} to be set, got none; or give i/n`);
  }
  const index = variable(scheduler.index, env);
  if (given !== undefined) return within(scheduler, index, given);
  if (!('count' in scheduler)) {
    throw new UsageError(
      `--shard auto: ${scheduler.of} doesn't say how many parts there are, expected --shard auto/n`,
    );
  }
  const count = variable(scheduler.count, env);
  // A part that is run again alone would take itself for the whole.
  if ((env[scheduler.least] ?? '0') !== '0') {
    throw new UsageError(
      `--shard auto: expected an array from 0 on (--array=0-<n - 1>), got one from ${env[scheduler.least] ?? ''} on; for a part of it give --shard auto/n`,
    );
  }
  return within(scheduler, index, count);
}

/** Schedulers count from 0, we from 1. */
function within({ index: name }: { index: string }, index: number, count: number): Shard {
  if (index >= count) {
    throw new UsageError(
      `--shard auto: expected ${name} from 0 to ${count - 1} for ${count} parts, got ${index}`,
    );
  }
  return checkShard({ index: index + 1, count });
}

function variable(name: string, env: NodeJS.ProcessEnv): number {
  const text = env[name] ?? '';
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError(
      `--shard auto: expected a whole number in ${name}, got ${JSON.stringify(text)}`,
    );
  }
  return Number(text);
}
