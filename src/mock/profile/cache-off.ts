import { UsageError } from '../../errors.ts';
import type { Profile } from './schema.ts';
import { type CacheKind, cacheKinds, heldKinds, type StageName } from './stages.ts';

/** The profile with some kinds no longer held by connections, whatever it says of them. */
export function withCacheOff(profile: Profile, off: readonly CacheKind[]): Profile {
  if (off.length === 0) return profile;
  const switches = Object.fromEntries(off.map((kind) => [kind, false]));
  return { ...profile, cache: { ...profile.cache, ...switches } };
}

/** Those of the kinds whose loss changes nothing: the profile holds them nowhere, or charges for no stage that they spare. */
export function idleKinds(profile: Profile, off: readonly CacheKind[]): CacheKind[] {
  const held = heldKinds(profile.cache ?? {}, true);
  return off.filter(
    (kind) => !held[kind] || !sparedBy[kind].some((stage) => costs(profile, stage)),
  );
}

/** Whether the only thing that a connection could spare a server of this profile is reading stored history. */
export function chargesForHistoryAlone(profile: Profile): boolean {
  const spared = (['route', 'hydrate', 'safety', 'tokenise', 'embed'] as const).filter((stage) =>
    costs(profile, stage),
  );
  return spared.length === 1 && spared[0] === 'hydrate';
}

/**
 * The kinds that names stand for; `all` alone is every one.
 * @throws UsageError naming `where` and the name that is none
 */
export function parseCacheOff(names: readonly string[], where: string): CacheKind[] {
  if (names.length === 1 && names[0] === 'all') return [...cacheKinds];
  return names.map((name) => {
    const kind = cacheKinds.find((each) => each === name);
    if (kind !== undefined) return kind;
    const expected = `all, or some of ${cacheKinds.join(', ')}`;
    throw new UsageError(`${where}: expected ${expected}; got ${JSON.stringify(name)}`);
  });
}

/** What each kind spares. */
const sparedBy: Readonly<Record<CacheKind, readonly Exclude<StageName, 'decode' | 'queue'>[]>> = {
  routing: ['route'],
  conversation: ['hydrate'],
  safety: ['safety'],
  tokens: ['tokenise'],
  embeddings: ['embed'],
  prefix: ['prefill'],
  tools: ['tokenise'],
  functionResults: ['hydrate', 'safety', 'tokenise', 'embed'],
};

function costs(profile: Profile, stage: (typeof sparedBy)[CacheKind][number]): boolean {
  const {
    fixedMs = 0,
    perItemMs = 0,
    perThousandTokensMs = 0,
    jitterMs = 0,
  } = profile[stage] ?? {};
  const pairsMs = stage === 'prefill' ? (profile.prefill?.perMillionPairsMs ?? 0) : 0;
  return fixedMs + perItemMs + perThousandTokensMs + pairsMs + jitterMs > 0;
}
