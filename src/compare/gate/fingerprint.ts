import { z } from 'zod';
import type { Result } from '../../result/schema.ts';

export const fingerprintDifferenceSchema = z.strictObject({
  key: z.string().describe('what differs'),
  base: z.string(),
  candidate: z.string(),
  machine: z.boolean().describe('only in what it was measured on, not in what was measured'),
});

/** A difference in which two results are not alike, both values in words. */
export type FingerprintDifference = z.infer<typeof fingerprintDifferenceSchema>;

/** What makes two runs another measurement on another machine, rather than another measurement. */
const machineKeys: ReadonlySet<string> = new Set(['nodeMajor', 'cpuModel']);
/** What a mock of ours says that it simulates: of two endpoints that one job interleaved, that is what is compared. */
const simulatedKeys: ReadonlySet<string> = new Set(['profile', 'cacheOff', 'fault']);

/** The differences of two results that were not measured alike: their fingerprints, and settings of the run that move every time. */
export function fingerprintDifferences(base: Result, candidate: Result): FingerprintDifference[] {
  const [before, after] = [likenessOf(base, candidate), likenessOf(candidate, base)];
  const { interleaved } = base.run;
  const areSides = interleaved !== undefined && interleaved === candidate.run.interleaved;
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    if (areSides && simulatedKeys.has(key)) return [];
    const [ofBase, ofCandidate] = [inWords(before[key]), inWords(after[key])];
    if (ofBase === ofCandidate) return [];
    return [{ key, base: ofBase, candidate: ofCandidate, machine: machineKeys.has(key) }];
  });
}

function likenessOf({ run }: Result, other: Result): Record<string, unknown> {
  const {
    toolTime,
    concurrency,
    load,
    toolChoice = 'named',
    cacheKey = 'none',
    omit,
    recovery,
  } = run.options;
  const { kind, url } = run.endpoint;
  return {
    ...run.fingerprint,
    toolTime,
    concurrency,
    load,
    toolChoice,
    cacheKey,
    omit,
    // Of a real endpoint, the scheme belongs to its address.
    ...(kind === 'mock' && { connection: url.startsWith('https:') ? 'TLS' : 'plain HTTP' }),
    // Results from before there were such settings do not state them.
    ...(other.run.options.recovery && recovery),
  };
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
  if (Array.isArray(value)) return value.join(',');
  return JSON.stringify(value);
}
