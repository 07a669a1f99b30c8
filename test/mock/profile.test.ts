import { expect, it } from 'vitest';
import { profileSchema, profiles } from '../../src/mock/profile.ts';

it('the built-in profiles satisfy the schema and name their sources', () => {
  for (const profile of Object.values(profiles))
    expect(profileSchema.parse(profile)).toEqual(profile);
});

it.each([
  ['a number without a source', { ...profiles.fast, firstToken: { ms: 1 } }],
  ['a negative delay', { ...profiles.fast, firstToken: { ms: -1, source: 's' } }],
  ['a pace of 0', { ...profiles.fast, decode: { tokensPerSecond: 0, source: 's' } }],
  ['an unknown key', { ...profiles.fast, speed: 7 }],
])('refuses %s', (_, profile) => {
  expect(profileSchema.safeParse(profile).success).toBe(false);
});
