import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import {
  chargesForHistoryAlone,
  idleKinds,
  parseCacheOff,
  withCacheOff,
} from '../../src/mock/profile/cache-off.ts';
import { cacheKinds } from '../../src/mock/profile/stages.ts';

describe('parseCacheOff', () => {
  it.each([
    { names: [], kinds: [], why: 'nothing is nothing' },
    { names: ['tokens', 'safety'], kinds: ['tokens', 'safety'], why: 'in the order given' },
    { names: ['all'], kinds: cacheKinds, why: 'all alone is every kind' },
  ])('$names: $why', ({ names, kinds }) => {
    expect(parseCacheOff(names, 'here')).toEqual(kinds);
  });

  it.each([['token'], ['all', 'tokens'], ['']])('refuses %s', (...names) => {
    expect(() => parseCacheOff(names, 'here')).toThrow(UsageError);
    expect(() => parseCacheOff(names, 'here')).toThrow(/^here: expected all, or some of routing/);
  });
});

describe('what changes nothing', () => {
  it.each([
    { profile: 'fast', off: ['tokens'], idle: [], why: 'tokenising is charged for' },
    { profile: 'fast', off: ['prefix'], idle: ['prefix'], why: 'no connection holds it anyway' },
    { profile: 'fast', off: ['embeddings'], idle: ['embeddings'], why: 'nor these' },
    { profile: 'instant', off: ['tokens', 'routing'], idle: ['tokens', 'routing'], why: 'free' },
    { profile: 'gateway-redis', off: ['conversation'], idle: [], why: 'reading it is charged for' },
    { profile: 'gateway-redis', off: ['safety'], idle: ['safety'], why: 'it classifies nothing' },
  ] as const)('$profile without $off: $why', ({ profile, off, idle }) => {
    expect(idleKinds(profiles[profile], off)).toEqual(idle);
  });

  it('is the same however often it is taken away', () => {
    const once = withCacheOff(profiles.fast, ['tokens']);
    expect(once.cache).toMatchObject({ tokens: false, prefix: false });
    expect(withCacheOff(once, ['tokens'])).toEqual(once);
    expect(withCacheOff(profiles.fast, [])).toBe(profiles.fast);
  });
});

it.each([
  { name: 'gateway-redis', alone: true, why: 'only what http-chained pays' },
  { name: 'fast', alone: false, why: 'other stages are spared too' },
  { name: 'instant', alone: false, why: 'nothing is charged' },
] as const)('a profile that charges for stored history alone: $name, $why', ({ name, alone }) => {
  expect(chargesForHistoryAlone(profiles[name])).toBe(alone);
});
