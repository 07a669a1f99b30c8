import { expect, it } from 'vitest';
import { describeProfile, profileSchema, profiles } from '../../src/mock/profile.ts';

it('the built-in profiles satisfy the schema and name their sources', () => {
  for (const profile of Object.values(profiles))
    expect(profileSchema.parse(profile)).toEqual(profile);
  expect(describeProfile(profiles.fast)).toMatchInlineSnapshot(`
    [
      "first token after 0 ms (assumed: no server work per request or per context token is modelled yet)",
      "decode 1,000 tokens/s (OpenAI engineering post of 2026-04-22: target above 1,000 tokens/s)",
    ]
  `);
  expect(describeProfile(profiles.instant)).toMatchInlineSnapshot(`
    [
      "first token after 0 ms (assumed: zero by definition of this profile)",
      "decode all tokens at once (assumed: no pacing, by definition of this profile)",
    ]
  `);
});

it.each([
  ['a number without a source', { ...profiles.fast, firstToken: { ms: 1 } }],
  ['a negative delay', { ...profiles.fast, firstToken: { ms: -1, source: 's' } }],
  ['a pace of 0', { ...profiles.fast, decode: { tokensPerSecond: 0, source: 's' } }],
  ['an unknown key', { ...profiles.fast, speed: 7 }],
])('refuses %s', (_, profile) => {
  expect(profileSchema.safeParse(profile).success).toBe(false);
});
