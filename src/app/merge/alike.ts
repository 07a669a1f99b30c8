import { fingerprintDifferences } from '../../compare/gate/fingerprint.ts';
import { UsageError } from '../../errors.ts';
import type { Result } from '../../result/schema.ts';
import { type Part, runsOf } from './part.ts';

/**
 * Checks that these results measured the same, on whatever machines.
 * @throws UsageError naming the first that did not, and all in which it differs
 */
export function checkAlike([first, ...others]: readonly [Part, ...Part[]]): void {
  for (const other of others) {
    const differences = [
      ...fingerprintDifferences(first.result, other.result).filter(({ machine }) => !machine),
      ...furtherDifferences(first.result, other.result),
    ];
    if (differences.length === 0) continue;
    const listed = differences
      .map(({ key, base, candidate }) => `${key} ${base} there, ${candidate} here`)
      .join('; ');
    throw new UsageError(
      `${other.source}: expected what ${first.source} measured, got something else (${listed}); merge takes results of one measurement, compare says how two differ`,
    );
  }
}

/** A difference that may stand between two results that are compared, but not within one. */
interface Difference {
  key: string;
  base: string;
  candidate: string;
}

function furtherDifferences(first: Result, other: Result): Difference[] {
  const [ofFirst, ofOther] = [furtherOf(first), furtherOf(other)];
  return Object.keys(ofFirst).flatMap((key) => {
    const [base = 'none', candidate = 'none'] = [ofFirst[key], ofOther[key]];
    return base === candidate ? [] : [{ key, base, candidate }];
  });
}

function furtherOf(result: Result): Readonly<Record<string, string | undefined>> {
  const { run, tool } = result;
  const { transports, aa = false, timeoutMs, model, insecure = false } = run.options;
  const { kind, url } = run.endpoint;
  const counts = new Set(runsOf(result).map(({ shard }) => shard?.count));
  return {
    'order of transports': transports.join(','),
    'A/A': String(aa),
    timeout: `${timeoutMs} ms`,
    model,
    insecure: String(insecure),
    URL: kind === 'url' ? url : undefined,
    seed: String(run.seed),
    'number of shards': [...counts].map((count) => count ?? 'none').join(','),
    version: tool.version,
  };
}
