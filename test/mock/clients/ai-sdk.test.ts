import { createOpenAI, openai } from '@ai-sdk/openai';
import { createWebSocketFetch } from '@vercel/ai-sdk-openai-websocket-fetch';
import { generateText, stepCountIs, streamText, type ToolSet, tool } from 'ai';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type Served, serveForTest } from '../../support/serve.ts';
import {
  CALLS,
  forecastInput,
  lastText,
  REQUESTS,
  researchBatches,
  researchInputs,
  toolLoop,
  watch,
} from './watched-mock.ts';

let looping: Served;
let research: Served;

beforeAll(async () => {
  [looping, research] = await Promise.all([serveForTest(toolLoop), serveForTest()]);
});

const command = z.string().regex(/^echo /);
const localShellInput = z.object({
  action: z.object({ type: z.literal('exec'), command: z.tuple([z.literal('echo'), z.string()]) }),
});
const shellInput = z.object({ action: z.object({ commands: z.tuple([command]) }) });
const patchInput = z.object({
  callId: z.string().min(1),
  operation: z.object({
    type: z.literal('update_file'),
    path: z.string().min(1),
    diff: z.string().min(1),
  }),
});

/** What each tool answers. */
const outputs: Readonly<Record<string, unknown>> = {
  local_shell: { output: 'hi' },
  shell: { output: [{ stdout: 'hi', stderr: '', outcome: { type: 'exit', exitCode: 0 } }] },
  apply_patch: { status: 'completed', output: 'patched' },
};

describe.each(['generateText', 'streamText', 'streamText over WebSocket'] as const)(
  'the AI SDK by %s',
  (way) => {
    it('completes a loop of ten calls', async () => {
      const { baseURL, traffic } = await watch(looping);
      const { tools, executed } = toolsOf({ forecast: forecastInput });

      const { steps, text } = await run(way, baseURL, 'any-model', tools);

      expect(executed).toEqual(Array<string>(CALLS).fill('forecast'));
      expect(text).toBe(lastText);
      expect(steps).toHaveLength(REQUESTS);
      for (const { usage } of steps) {
        expect(usage.inputTokens).toBeGreaterThan(0);
        expect(usage.outputTokens).toBeGreaterThan(0);
      }
      expect(await traffic()).toMatchObject(trafficOf(way, REQUESTS));
    });

    it.each([
      [
        'apply_patch',
        'custom',
        openai.tools.customTool({ name: 'apply_patch' }),
        z.string().min(1),
      ],
      ['local_shell', 'built-in', openai.tools.localShell({}), localShellInput],
      ['shell', 'built-in', openai.tools.shell({}), shellInput],
      ['apply_patch', 'built-in', openai.tools.applyPatch({}), patchInput],
    ])('drives %s, a %s tool', async (name, _, definition, schema) => {
      const { baseURL, traffic } = await watch(looping);
      const inputs: unknown[] = [];
      const execute = (input: unknown) => {
        inputs.push(input);
        return outputs[name];
      };

      // What the package calls a tool doesn't fit what it calls a set of them.
      const tools = { [name]: { ...definition, execute } as ToolSet[string] };
      const { text } = await run(way, baseURL, 'any-model', tools);

      expect(inputs).toHaveLength(CALLS);
      expect(z.array(schema).safeParse(inputs).error).toBeUndefined();
      expect(text).toBe(lastText);
      expect(await traffic()).toMatchObject(trafficOf(way, REQUESTS));
    });

    it.each([
      ['stored', true],
      ['encrypted', false],
    ])('answers parallel calls that follow %s reasoning', async (_, store) => {
      const { baseURL, traffic } = await watch(research);
      const { tools, executed } = toolsOf(researchInputs);

      const { steps, text } = await run(way, baseURL, 'research', tools, store);

      expect(steps.map((step) => step.toolResults.length)).toEqual([...researchBatches, 0]);
      expect(executed).toHaveLength(researchBatches.reduce((sum, calls) => sum + calls));
      expect(text).toMatch(/\S/);
      expect(await traffic()).toMatchObject(trafficOf(way, steps.length));
    });
  },
);

type Way = 'generateText' | 'streamText' | 'streamText over WebSocket';

/** Runs an agent to its end; every request holds the full history. */
async function run(way: Way, baseURL: string, modelName: string, tools: ToolSet, store = true) {
  const webSocketFetch = createWebSocketFetch({
    url: `${baseURL.replace('http', 'ws')}/responses`,
  });
  onTestFinished(() => {
    webSocketFetch.close();
  });
  const provider = createOpenAI({
    baseURL,
    apiKey: 'sk-test',
    ...(way === 'streamText over WebSocket' && { fetch: webSocketFetch }),
  });
  const options = {
    model: provider.responses(modelName),
    prompt: 'How will it be?',
    tools,
    stopWhen: stepCountIs(REQUESTS),
    maxRetries: 0,
    providerOptions: {
      // The SDK knows by a model's name whether it reasons; it doesn't know ours.
      openai: { store, forceReasoning: true },
    },
  };
  if (way === 'generateText') return generateText(options);
  const result = streamText(options);
  return { steps: await result.steps, text: await result.text };
}

/** What the mock is to count when it has answered `requests`. */
function trafficOf(way: Way, requests: number) {
  return way === 'streamText over WebSocket'
    ? { http: 0, ws: requests, connections: 1 }
    : { http: requests, ws: 0 };
}

/** Tools that note that they ran; the SDK hands them only input that their schema lets through. */
function toolsOf(inputs: Record<string, z.ZodObject>) {
  const executed: string[] = [];
  const tools = Object.fromEntries(
    Object.entries(inputs).map(([name, inputSchema]) => [
      name,
      tool({
        inputSchema,
        execute: () => {
          executed.push(name);
          return 'sunny';
        },
      }),
    ]),
  );
  return { tools, executed };
}
