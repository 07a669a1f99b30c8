import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { loadProfile } from '../../src/mock/profile/load.ts';
import { profileJsonSchema, profileSchema } from '../../src/mock/profile/schema.ts';

it('the built-in profiles satisfy the schema and go by their names', async () => {
  for (const [name, profile] of Object.entries(profiles)) {
    expect(profileSchema.parse(profile)).toEqual(profile);
    expect(profile.name).toBe(name);
    expect(await loadProfile(name)).toBe(profile);
  }
});

it('every part of a built-in profile names its source', () => {
  for (const { name, description, ...parts } of Object.values(profiles)) {
    expect(`${name}${description}`).not.toBe('');
    for (const part of Object.values(parts)) expect(part.source).toMatch(/\w{4}/);
  }
});

const source = 'assumed: test';

it.each([
  ['a number without a source', { ...profiles.fast, prefill: { fixedMs: 1 } }],
  ['a negative delay', { ...profiles.fast, admit: { fixedMs: -1, source } }],
  ['a pace of 0', { ...profiles.fast, decode: { tokensPerSecond: 0, source } }],
  ['no decode slot at all', { ...profiles.fast, queue: { decodeSlots: 0, source } }],
  ['a share above 1', { ...profiles.fast, promptCache: { share: 1.1, source } }],
  ['an unknown kind of cached state', { ...profiles.fast, cache: { images: false } }],
  ['an unknown key', { ...profiles.fast, speed: 7 }],
])('refuses %s', (_, profile) => {
  expect(profileSchema.safeParse(profile).success).toBe(false);
});

async function fileOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'mine.yaml');
  await writeFile(path, text);
  return path;
}

it('reads a profile from a file', async () => {
  const path = await fileOf(`
name: mine
description: what we measured
tokenise: { perThousandTokensMs: 2, source: measured here }
decode: { tokensPerSecond: null, source: measured here }
cache: { tokens: false }
`);
  expect(await loadProfile(path)).toMatchObject({ name: 'mine', cache: { tokens: false } });
});

it('tells every problem of a file, with its place', async () => {
  const path = await fileOf(`name: mine
description: 3
admit:
  fixedMs: fast
  source: me
decode: { tokensPerSecond: 9, source: me, burst: 4 }
`);
  await expect(loadProfile(path)).rejects.toThrow(
    new UsageError(
      [
        `${path}:2:14 description: expected a string, got 3`,
        `${path}:4:12 admit.fixedMs: expected a number, got "fast"`,
        `${path}:6:43 decode.burst: expected only tokensPerSecond, jitterMs, source, got an unknown key`,
      ].join('\n'),
    ),
  );
});

it.each([
  ['a name close to a bundled one', 'fats', /did you mean fast\?/],
  ['a folder', tmpdir(), /, a directory/],
  ['what is no text', process.execPath, /, more than 10 MiB/],
])('refuses %s', async (_, name, message) => {
  await expect(loadProfile(name)).rejects.toThrow(message);
});

it('has a JSON Schema', () => {
  expect(profileJsonSchema()).toMatchObject({
    type: 'object',
    required: expect.arrayContaining(['name', 'decode']) as unknown,
  });
});
