import { UsageError } from '../../errors.ts';
import type { WarningFacts } from '../../result/warnings/kinds.ts';
import { nameOf, type Part, runsOf } from './part.ts';

/**
 * What these results lack to be the whole of a run, as warnings; none where they are.
 * @param partial goes on where something is missing
 * @throws UsageError where a run or a shard is there twice, or, unless `partial`, where one is missing or not complete
 */
export function checkWhole(parts: readonly Part[], partial: boolean): WarningFacts[] {
  refuseTwice(parts, 'run', ({ id }) => id);
  refuseTwice(parts, 'shard', ({ shard }) => shard && `${shard.index}/${shard.count}`);
  const lacks = [...missingShards(parts), ...incompleteRuns(parts)];
  const [lack] = lacks;
  if (lack === undefined || partial) return lacks.map(({ facts }) => facts);
  throw new UsageError(`merge: ${lack.words}; --partial goes on and says so`);
}

type RunPart = ReturnType<typeof runsOf>[number];

function refuseTwice(
  parts: readonly Part[],
  what: string,
  keyOf: (run: RunPart) => string | undefined,
): void {
  const seen = new Map<string, string>();
  for (const { source, result } of parts) {
    for (const run of runsOf(result)) {
      const key = keyOf(run);
      if (key === undefined) continue;
      const before = seen.get(key);
      if (before !== undefined) {
        throw new UsageError(
          `${source}: expected every ${what} once, got ${key} again, which is in ${before}; leave one of them out`,
        );
      }
      seen.set(key, source);
    }
  }
}

interface Lack {
  facts: WarningFacts;
  words: string;
}

function missingShards(parts: readonly Part[]): Lack[] {
  const shards = parts.flatMap(({ result }) => runsOf(result)).flatMap(({ shard }) => shard ?? []);
  const count = shards[0]?.count ?? 0;
  const there = new Set(shards.map(({ index }) => index));
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((n) => !there.has(n));
  if (missing.length === 0) return [];
  return [
    {
      facts: { code: 'shards_missing', missing, count },
      words: `expected all ${count} shards, got ${there.size}: missing ${missing.join(', ')}`,
    },
  ];
}

function incompleteRuns(parts: readonly Part[]): Lack[] {
  const incomplete = parts.filter(
    // Shards that an earlier merge went without may be here now.
    ({ result: { run } }) => !run.complete && run.stopReason !== 'shards_missing',
  );
  if (incomplete.length === 0) return [];
  const shards = incomplete.map(
    (part) => `${nameOf(part)} (${part.result.run.stopReason ?? 'stopped'})`,
  );
  return [
    {
      facts: { code: 'shards_incomplete', shards },
      words: `expected complete runs, got ${shards.join(', ')}`,
    },
  ];
}
