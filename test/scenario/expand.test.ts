import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expandScenario } from '../../src/scenario/expand.ts';
import { loadScenario, parseScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';

async function expand(text: string, seed = 1): Promise<Script> {
  return expandScenario(await parseScenario(text, 'test.yaml'), seed);
}

const twoSteps = (first: string, second: string) => `
name: t
steps:
  - { user: ${first}, model: { text: { tokens: 5 } } }
  - { user: ${second}, model: { text: { tokens: { mean: 50, sd: 20 } } }, repeat: 3 }
`;

describe('seeds', () => {
  it('give the same bytes every time', async () => {
    expect(expandScenario(await loadScenario('research'), 7)).toEqual(
      expandScenario(await loadScenario('research'), 7),
    );
  });

  it('give these bytes on every machine', async () => {
    const { turns } = await expand(twoSteps('{ bytes: 60 }', '{ tokens: 2 }'));
    expect(turns[0]?.user).toMatchInlineSnapshot(
      `"Three release. Fix is in package HTTP/1.1 header fix them e."`,
    );
    expect(turns.slice(1).map(({ model }) => model.text?.length)).toMatchInlineSnapshot(`
      [
        328,
        172,
        320,
      ]
    `);
  });

  it('give other texts and draws, but the same fixed sizes, when they differ', async () => {
    const text = twoSteps('{ bytes: 600 }', '{ tokens: 200 }');
    const [one, two] = [await expand(text, 1), await expand(text, 2)];
    expect(one.turns[0]?.user).not.toBe(two.turns[0]?.user);
    expect(one.turns[0]?.user).toHaveLength(two.turns[0]?.user?.length ?? 0);
    expect(one.turns.map((turn) => turn.model.text?.length)).not.toEqual(
      two.turns.map((turn) => turn.model.text?.length),
    );
  });

  it('leave all other steps as they were when one step changes', async () => {
    const before = await expand(twoSteps('{ tokens: 30 }', '{ tokens: 200 }'));
    const after = await expand(twoSteps('{ tokens: 31 }', '{ tokens: 200 }'));
    expect(after.turns[0]?.user).not.toBe(before.turns[0]?.user);
    expect(after.turns.slice(1)).toEqual(before.turns.slice(1));
  });

  it('say something else in every repetition', async () => {
    const { turns } = await expand(twoSteps('{ tokens: 30 }', '{ tokens: 200 }'));
    expect(turns).toHaveLength(4);
    expect(new Set(turns.map(({ user }) => user)).size).toBe(4);
  });
});

describe('sizes', () => {
  it('are met to the byte, in text that JSON leaves as it is', async () => {
    const loaded = await parseScenario(twoSteps('{ tokens: 1 }', '{ tokens: 1 }'), 'test.yaml');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer(),
        fc.boolean(),
        (n, seed, inBytes) => {
          const scenario = structuredClone(loaded.scenario);
          const [step] = scenario.steps;
          if (step) step.user = inBytes ? { bytes: n } : { tokens: n };
          const text = expandScenario({ ...loaded, scenario }, seed).turns[0]?.user ?? '';
          const bytes = inBytes ? n : 4 * n;
          expect(text).toHaveLength(bytes);
          expect(Buffer.byteLength(JSON.stringify(text))).toBe(bytes + 2);
          expect(text).toMatch(/^[ -~]*$/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('follow the distribution they name, and never fall below 1', async () => {
    const { turns } = await expand(`
name: t
steps:
  - { user: { tokens: 1 }, model: { text: { bytes: { mean: 900, sd: 300 } } }, repeat: 3000 }
  - { user: { tokens: 1 }, model: { text: { bytes: { mean: 2, sd: 50 } } }, repeat: 1000 }
`);
    const sizes = turns.slice(0, 3000).map(({ model }) => model.text?.length ?? 0);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    const sd = Math.sqrt(sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length);
    // Five standard errors, for a seed that is fixed anyway.
    expect(Math.abs(mean - 900)).toBeLessThan((5 * 300) / Math.sqrt(3000));
    expect(Math.abs(sd - 300)).toBeLessThan((5 * 300) / Math.sqrt(2 * 3000));
    expect(Math.min(...turns.slice(3000).map(({ model }) => model.text?.length ?? 0))).toBe(1);
  });

  it('of a call lengthen its last free string, and the JSON has them exactly', async () => {
    const loaded = await parseScenario(
      `
name: t
tools:
  - name: edit
    parameters:
      type: object
      properties:
        edits: { type: array, items: { type: object, properties: { old: { type: string }, new: { type: string } } } }
        mode: { type: string, enum: [dry, real] }
      required: [edits, mode]
steps:
  - user: { tokens: 1 }
    model: { call: { tool: edit, arguments: { edits: [{ old: 'é"', new: b }, { old: c, new: d }], mode: dry }, bytes: 100 } }
  - { tool: { output: { text: '' } }, model: { text: { tokens: 1 } } }
`,
      'test.yaml',
    );
    fc.assert(
      fc.property(fc.integer({ min: 71, max: 3000 }), (bytes) => {
        const scenario = structuredClone(loaded.scenario);
        const call = scenario.steps[0]?.model.call;
        if (call && !Array.isArray(call)) call.bytes = bytes;
        const json =
          expandScenario({ ...loaded, scenario }, 1).turns[0]?.model.calls[0]?.arguments ?? '';
        expect(Buffer.byteLength(json)).toBe(bytes);
        expect(JSON.parse(json)).toMatchObject({
          edits: [
            { old: 'é"', new: 'b' },
            { old: 'c', new: expect.stringMatching(/^d/) as string },
          ],
          mode: 'dry',
        });
      }),
    );
  });

  it('of a pad are what the JSON of the tool grows by', async () => {
    const sized = async (tool: string) => {
      const { tools } = await expand(
        `name: t\ntools: [{ name: a${tool} }]\nsteps: [{ user: { tokens: 1 }, model: { text: { tokens: 1 } } }]`,
      );
      return JSON.stringify(tools[0]).length;
    };
    expect(await sized(', pad: { bytes: 500 }')).toBe((await sized('')) + 500);
    expect(await sized(', description: x, pad: { tokens: 100 }')).toBe(
      (await sized(', description: x')) + 400,
    );
  });
});

describe('a script', () => {
  it('has turns as the file says them', async () => {
    const script = await expand(`
name: t
description: d
instructions: { text: Be brief., in: request }
tools: [{ name: a, description: does a }, { name: b, strict: true }]
steps:
  - user: { text: Hello }
    model: { reasoning: { text: hm }, text: { text: I look. }, call: [{ tool: a, arguments: { x: 1 } }, { tool: b }] }
  - tool: [{ output: { text: one }, time: 1.2s }, { output: { text: '' } }]
    user: { text: And? }
    model: { text: { text: Done. } }
`);
    expect(script).toEqual({
      name: 't',
      description: 'd',
      seed: 1,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      instructions: { text: 'Be brief.', in: 'request' },
      tools: [
        {
          type: 'function',
          name: 'a',
          description: 'does a',
          parameters: { type: 'object', properties: {} },
          strict: false,
        },
        {
          type: 'function',
          name: 'b',
          parameters: { type: 'object', properties: {} },
          strict: true,
        },
      ],
      turns: [
        {
          toolResults: [],
          user: 'Hello',
          model: {
            reasoning: 'hm',
            text: 'I look.',
            calls: [
              { name: 'a', arguments: '{"x":1}' },
              { name: 'b', arguments: '{}' },
            ],
          },
        },
        {
          toolResults: [
            { output: 'one', timeMs: 1200 },
            { output: '', timeMs: 0 },
          ],
          user: 'And?',
          model: { text: 'Done.', calls: [] },
        },
      ],
    });
  });
});

describe('the size above which the context is compacted', () => {
  const base = 'name: t\nsteps:\n  - user: { tokens: 3 }\n    model: { text: { tokens: 3 } }\n';

  it.each([
    ['in bytes', 'compact: { above: { bytes: 9001 } }', 9001],
    ['in tokens of 4 bytes', 'compact: { above: { tokens: 20000 } }', 80_000],
    ['none where it says nothing', '', undefined],
  ])('%s', async (_reason, line, bytes) => {
    expect((await expand(`${base}${line}\n`)).compactAboveBytes).toBe(bytes);
  });
});

describe('the hash of a definition', () => {
  const base = 'name: t\nsteps:\n  - user: { tokens: 3 }\n    model: { text: { tokens: 3 } }\n';
  const hash = async (text: string, seed = 1) => (await expand(text, seed)).sha256;

  it.each([
    ['a comment', `# hello\n${base}`],
    [
      'JSON, keys in another order',
      '{"steps":[{"model":{"text":{"tokens":3}},"user":{"tokens":3}}],"name":"t"}',
    ],
    ['a default written out', `${base}    repeat: 1\n`],
    ['a description', `description: new\n${base}`],
    ['an editor’s schema', `$schema: x\n${base}`],
  ])('stays with %s', async (_reason, text) => {
    expect(await hash(text)).toBe(await hash(base));
  });

  it('stays with another seed', async () => {
    expect(await hash(base, 2)).toBe(await hash(base));
  });

  it('changes with a size', async () => {
    expect(await hash(base.replace('3', '4'))).not.toBe(await hash(base));
  });

  it('changes with the size that the context is compacted at', async () => {
    const compacted = (above: string) => hash(`${base}compact: { above: ${above} }\n`);
    const hashes = [
      await hash(base),
      await compacted('{ tokens: 9 }'),
      await compacted('{ tokens: 8 }'),
    ];
    expect(new Set(hashes).size).toBe(3);
  });

  it('changes with the text of a file it names, found beside the scenario', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'scenario.yaml');
    await writeFile(path, base.replace('user: { tokens: 3 }', 'user: { file: prompt.txt }'));
    await writeFile(join(folder, 'prompt.txt'), 'one');
    const one = expandScenario(await loadScenario(path), 1);
    await writeFile(join(folder, 'prompt.txt'), 'two');
    const two = expandScenario(await loadScenario(path), 1);
    expect([one.turns[0]?.user, two.turns[0]?.user]).toEqual(['one', 'two']);
    expect(two.sha256).not.toBe(one.sha256);
  });
});
