import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLatencyEngine } from '../../src/mock/latency/engine.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { withNewlines } from '../../src/scenario/text.ts';
import { callCli, tempFolder } from '../support/cli.ts';
import { mockForTest } from '../support/mock.ts';

const paced = `name: paced
steps:
  - user: { bytes: 40 }
    model: { text: { bytes: 40 }, pace: { first: 80ms, rate: 50 } }
`;

async function scriptOf(text: string) {
  return expandScenario(await parseScenario(text, 'it.yaml'), 1);
}

describe("a step's own pace", () => {
  it('reaches the script, and only where it is given', async () => {
    const script = await scriptOf(
      `${paced}  - { user: { bytes: 4 }, model: { text: { bytes: 4 } } }`,
    );
    expect(script.turns.map(({ model }) => model.pace)).toEqual([
      { firstTokenMs: 80, tokensPerSecond: 50 },
      undefined,
    ]);
  });

  it.each([
    ['no duration', 'first: 80', /model\.pace\.first: expected a duration/],
    ['no speed', 'rate: 0', /model\.pace\.rate: expected/],
    ['another key', 'speed: 3', /model\.pace\.speed: expected only first, rate/],
  ])('%s is refused with its place', async (_reason, pace, message) => {
    const text = paced.replace('first: 80ms, rate: 50', pace);
    await expect(parseScenario(text, 'it.yaml')).rejects.toThrow(message);
  });

  it.each(['instant', 'flagship'] as const)(
    'stands for queue, prefill and decode of %s',
    (name) => {
      const engine = createLatencyEngine(profiles[name]);
      const volumes = { tokenise: { items: 1, tokens: 1000 }, prefill: { items: 1, tokens: 9000 } };
      const work = { volumes, outputItems: 1, outputTokens: 11 };
      const timing = engine.time({ ...work, pace: { firstTokenMs: 80, tokensPerSecond: 50 } });
      expect(timing.tokenMs(0)).toBeCloseTo(timing.beginMs + 80);
      expect(timing.terminalMs).toBeCloseTo(timing.beginMs + 80 + 200);
      expect(timing.beginMs).toBe(engine.time(work).beginMs);
    },
  );

  it('is what the mock says that it took', async () => {
    const mock = await mockForTest({ scripts: [await scriptOf(paced)] });
    const begun = performance.now();
    const response = await fetch(`${mock.url}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'paced', input: 'hello', stream: true }),
    });
    await response.text();
    // Nine tokens after the first: 80 ms and 180 ms, never less.
    expect(performance.now() - begun).toBeGreaterThan(255);
  });
});

describe('line ends in filler', () => {
  it('keeps the size and has as many as asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 500 }),
        (bytes, count) => {
          const text = withNewlines('x'.repeat(bytes), count);
          expect(text.length).toBe(bytes);
          expect(text.split('\n').length - 1).toBe(Math.min(count, bytes - 1));
        },
      ),
    );
  });

  it('makes JSON longer by one byte each', async () => {
    const script = await scriptOf(
      paced.replace('user: { bytes: 40 }', 'user: { bytes: 40, newlines: 7 }'),
    );
    expect(JSON.stringify(script.turns[0]?.user)).toHaveLength(40 + 2 + 7);
  });
});

describe('a session of 200 steps and 200,000 tokens', () => {
  const step = (index: number) =>
    `  - tool: { output: { bytes: 3600, newlines: 90 }, time: 120ms }
    model: { reasoning: { bytes: 160 }, call: { tool: t${index % 60}, arguments: { a: "" }, bytes: 80 }, pace: { first: 1.2s, rate: 60 } }`;
  const large = `name: large
instructions: { tokens: 5000 }
tools:
${Array.from({ length: 60 }, (_, index) => `  - { name: t${index}, pad: { bytes: 600 } }`).join('\n')}
steps:
  - { user: { bytes: 900 }, model: { call: { tool: t0, arguments: { a: "" }, bytes: 80 } } }
${Array.from({ length: 198 }, (_, index) => step(index)).join('\n')}
  - { tool: { output: { bytes: 3600 } }, model: { text: { bytes: 400 } } }
`;

  it('loads with every byte decided', async () => {
    const script = await scriptOf(large);
    expect(script.turns).toHaveLength(200);
    expect(JSON.stringify(script).length).toBeGreaterThan(800_000);
  });

  it('is drawn on one screen, or in full where asked', async () => {
    const cwd = await tempFolder();
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${cwd}/large.yaml`, large);
    const short = await callCli(['scenarios', 'show', 'large.yaml'], { cwd });
    expect(short.stdout.split('\n').length).toBeLessThan(24);
    expect(short.stdout).toContain('15 calls');
    const full = await callCli(['scenarios', 'show', 'large.yaml', '--full'], { cwd });
    expect(full.stdout).toContain('first 1.20 s, 60/s');
    expect(full.stdout.split('\n').length).toBeGreaterThan(200);
  });
});
