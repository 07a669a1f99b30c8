import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { plannedTraffic } from '../../src/app/planned-traffic.ts';
import { expandScenario, loadScenario, runBenchmark } from '../../src/index.ts';
import { describeScript } from '../../src/scenario/describe.ts';
import { type TransportName, transports } from '../../src/transport/index.ts';
import { tempFolder } from '../support/cli.ts';

const parts = `
name: parts
instructions: { text: ответь кратко }
tools: [{ name: f, description: 手短に, pad: { bytes: 40 } }, { name: g }]
steps:
  - user: { text: 東京の天気は？ }
    model: { reasoning: { text: a }, text: { text: ö }, call: [{ tool: f, arguments: { q: 東京 }, bytes: 30 }, { tool: g }] }
  - tool: [{ output: { text: 晴れ }, time: 0ms }, { output: { text: '' }, time: 0ms }]
    model: { text: { text: 日本語日本語日本語😀日本語 } }
  - user: { text: и завтра }
    model: { text: { text: ok } }
`;

it.each([
  { why: 'parts of every kind, few of them ASCII or whole tokens', text: parts },
  {
    why: 'instructions that travel with every request, and no tools',
    text: `
name: standing
instructions: { text: 話してください, in: request }
steps: [{ user: { text: é }, model: { text: { text: 日本語日本語日本語日本語日本 } } }]
`,
  },
])(
  'a run says the tokens that the description and the dry run foretold: $why',
  async ({ text }) => {
    const scenario = path.join(await tempFolder(), 'it.yaml');
    await writeFile(scenario, text);
    const names = Object.keys(transports) as TransportName[];
    const { rounds, run } = await runBenchmark({
      scenario,
      transports: names,
      mock: { profile: 'instant' },
      iterations: 1,
      warmup: 0,
      concurrency: 1,
      calibrate: false,
    });
    const script = expandScenario(await loadScenario(scenario), run.seed);
    for (const name of names) {
      const counters = rounds[0]?.workflows[name]?.counters ?? expect.fail(`no ${name}`);
      const estimate = plannedTraffic(script, script.name, name);
      expect(estimate, name).toMatchObject({
        requests: counters.requests,
        outputTokens: counters.output_tokens,
      });
      // A warm-up is paid for too, but belongs to no step.
      const input = transports[name].warm ? plannedTraffic(script, script.name, 'ws') : estimate;
      expect(input.inputTokens, name).toBe(counters.input_tokens);
      expect(estimate.inputTokens).toBeGreaterThanOrEqual(input.inputTokens);
      expect(describeScript(script).outputTokens).toBe(counters.output_tokens);

      const { prompt_tokens: prompts, input_tokens_sent: sent, tokens_processed } = counters;
      if (prompts === null || tokens_processed === null) expect.fail(`${name} counts nothing`);
      const { context, warm } = transports[name];
      // Our own count is the mock's, but for a few bytes that it fills in where there is no tool, or none is described.
      const apart = warm ? 0 : Math.abs(prompts - counters.input_tokens);
      expect(apart, name).toBeLessThanOrEqual(6 * counters.requests);
      if (context === 'full') expect(sent, name).toBe(prompts);
      else if (script.turns.length > 1) expect(sent, name).toBeLessThan(prompts);
      expect(tokens_processed, name).toBeLessThanOrEqual(prompts + 6 * counters.requests);
    }
  },
);
