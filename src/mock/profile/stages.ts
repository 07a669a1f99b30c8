export { type StageName, stageNames } from '../../protocol/server-timing.ts';

/** Stages before the first byte of a response; what comes later is known only at its end. */
export const earlyStages = ['admit', 'route', 'hydrate', 'safety', 'tokenise', 'embed'] as const;

/**
 * The kinds of things that a connection may hold of its responses, so that a continuation pays for what is new only.
 * Three kinds are contents (`conversation`, `tools`, `functionResults`), the others work done on them.
 */
export const cacheKinds = [
  'routing',
  'conversation',
  'safety',
  'tokens',
  'embeddings',
  'prefix',
  'tools',
  'functionResults',
] as const;

export type CacheKind = (typeof cacheKinds)[number];

/** The kinds that are held. */
export type HeldKinds = Readonly<Record<CacheKind, boolean>>;

/** A choice of kinds, filled up: every kind that it doesn't name is `fallback`. */
export function heldKinds(
  choice: Partial<Readonly<Record<CacheKind, boolean | undefined>>>,
  fallback: boolean,
): HeldKinds {
  const entries = cacheKinds.map((kind) => [kind, choice[kind] ?? fallback] as const);
  return Object.fromEntries(entries) as Record<CacheKind, boolean>;
}
