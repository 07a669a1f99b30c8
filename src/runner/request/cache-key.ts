/** Who shares a prompt cache where the endpoint keeps one by `prompt_cache_key`. */
export const cacheKeyPolicies = ['per-run', 'per-arm', 'shared', 'none'] as const;

export type CacheKeyPolicy = (typeof cacheKeyPolicies)[number];

/** OpenAI takes no longer ones. */
const MAX_LENGTH = 64;

/**
 * The `prompt_cache_key` of an arm's requests, at most 64 characters, or undefined if they carry none.
 * @param run what tells this run from all others
 */
export function cacheKeyOf(policy: CacheKeyPolicy, run: string, arm: string): string | undefined {
  return keys[policy](run, arm)?.slice(0, MAX_LENGTH);
}

const keys: Readonly<Record<CacheKeyPolicy, (run: string, arm: string) => string | undefined>> = {
  'per-run': (run) => `alb-${run}`,
  'per-arm': (run, arm) => `alb-${run}-${arm}`,
  shared: () => 'agent-latency-bench',
  none: () => undefined,
};
