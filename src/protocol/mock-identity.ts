/*
 * How our own mock says who it is, so that what was measured against one is told with all that it simulates, wherever it runs.
 */

/** Header of every answer and upgrade of the mock: its version, profile, seed and what it was told to leave out or do wrong. */
export const MOCK_HEADER = 'x-agent-latency-bench-mock';

/** Below `/responses`: a POST there is answered with a {@link MockDescription}. */
export const MOCK_PATH = '/mock';

/** All that the mock's answers depend on beside the request. */
export interface MockDescription {
  version: string;
  seed: number;
  /** As it was given, before anything was switched off. */
  profile: object;
  /** Kinds of things that connections don't hold, whatever the profile says. */
  cacheOff: readonly string[];
  /** What it was told to do wrong; absent if nothing. */
  fault?: string;
}

/** The value of {@link MOCK_HEADER}: `version=0.1.0; profile=fast; seed=1; cache-off=tokens,safety; fault=503@0.1`. */
export function mockHeaderOf({ version, seed, profile, cacheOff, fault }: MockDescription): string {
  const { name } = profile as { name?: unknown };
  const entries: Readonly<Record<string, string>> = {
    version,
    profile: String(name),
    seed: String(seed),
    ...(cacheOff.length > 0 && { 'cache-off': cacheOff.join(',') }),
    ...(fault !== undefined && { fault }),
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${inHeader(value)}`)
    .join('; ');
}

/** Readable where it can be, for a person with curl; a name may be in any script. */
function inHeader(value: string): string {
  return encodeURIComponent(value).replaceAll(/%(?:2C|40|3A|2F|2B)/g, (escaped) =>
    decodeURIComponent(escaped),
  );
}
