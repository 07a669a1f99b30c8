import { randomUUID } from 'node:crypto';
import { UsageError } from '../errors.ts';
import type { Result, Run, Warning } from '../result/schema.ts';
import { wordWarning } from '../result/warnings/words.ts';
import { poolNoise } from './generator/pool-noise.ts';
import { checkAlike } from './merge/alike.ts';
import { nameOf, type Part, runsOf } from './merge/part.ts';
import { machinesOf, pooledGaps, pooledRounds, worstCalibration } from './merge/pool.ts';
import { checkWhole } from './merge/whole.ts';
import { resultOf } from './run/result-of.ts';

/** How results are merged. */
export interface MergeOptions {
  /** Goes on where shards are missing or not complete; the result says so. @default false */
  partial?: boolean;
}

/**
 * The results of several runs of one scenario as one: all rounds and all counts, and what follows from them computed anew.
 * The order of the parts doesn't matter.
 * @throws UsageError where they didn't measure the same, one is there twice, or, unless `partial`, one is missing
 */
export function mergeResults(
  given: readonly Part[],
  { partial = false }: MergeOptions = {},
): Result {
  const [first, ...others] = given.toSorted(byShardOrStart);
  if (first === undefined) throw new UsageError('merge: expected results, got none');
  const parts = [first, ...others] as const;
  checkAlike(parts);
  const lacks = checkWhole(parts, partial);

  const results = [first.result, ...others.map(({ result }) => result)] as const;
  const machines = machinesOf(results);
  const startedMs = Math.min(...results.map(({ run }) => Date.parse(run.startedAt)));
  const finishedMs = Math.max(...results.map(({ run }) => Date.parse(run.finishedAt)));
  const { run, tool, environment } = first.result;
  const merged = resultOf(
    {
      toolVersion: tool.version,
      run: {
        id: randomUUID(),
        startedAt: new Date(startedMs).toISOString(),
        seed: run.seed,
        merged: results.flatMap(runsOf),
        options: { ...run.options, iterations: plannedRounds(results) },
        scenario: run.scenario,
        endpoint: run.endpoint,
      },
      environment: {
        ...environment,
        cpuModel: [...new Set(results.map((result) => result.environment.cpuModel))]
          .sort()
          .join(' + '),
      },
      calibration: worstCalibration(results),
    },
    {
      rounds: pooledRounds(results),
      interToken: pooledGaps(results),
      elapsedMs: finishedMs - startedMs,
      stopReason: stopReasonOf(results, lacks.length > 0),
      stop: undefined,
      noise: poolNoise(results.flatMap(({ environment: { noise } }) => noise ?? [])),
      refused: refusedBy(results),
    },
  );
  const ofMerging = [
    ...lacks,
    ...(machines.length > 1 ? [{ code: 'machines_differ', machines } as const] : []),
  ].map(wordWarning);
  const known = [...ofMerging, ...merged.warnings];
  return { ...merged, warnings: [...known, ...parts.flatMap((part) => ownWarnings(part, known))] };
}

function byShardOrStart({ result: { run: a } }: Part, { result: { run: b } }: Part): number {
  return (
    (a.shard?.index ?? 0) - (b.shard?.index ?? 0) ||
    Date.parse(a.startedAt) - Date.parse(b.startedAt)
  );
}

/** Where something other than their number ended the rounds, those that there were. */
function plannedRounds(results: readonly Result[]): number {
  return results.reduce(
    (sum, { run, rounds }) =>
      sum + (run.stop ? Math.max(1, rounds.length) : run.options.iterations),
    0,
  );
}

function stopReasonOf(results: readonly Result[], lacking: boolean): Run['stopReason'] {
  if (!lacking) return undefined;
  return results.find(({ run }) => !run.complete)?.run.stopReason ?? 'shards_missing';
}

function refusedBy(results: readonly Result[]): string[] {
  const fields = results
    .flatMap(({ warnings }) => warnings)
    .flatMap(({ code, field }) => (code === 'field_refused' ? [String(field)] : []));
  return [...new Set(fields)];
}

/** What was said of one result alone, such as that its machine was unfit; what the whole says too is not repeated. */
function ownWarnings(part: Part, known: readonly Warning[]): Warning[] {
  const same = (a: Warning, b: Warning): boolean =>
    a.code === b.code && a['transport'] === b['transport'];
  return part.result.warnings
    .filter(({ code }) => code !== 'shards_missing')
    .filter((warning) => !known.some((other) => same(warning, other)))
    .map((warning) => ({ ...warning, message: `${nameOf(part)}: ${warning.message}` }));
}
