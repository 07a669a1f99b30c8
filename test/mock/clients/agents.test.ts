import { Agent, applyPatchTool, OpenAIProvider, Runner, shellTool, tool } from '@openai/agents';
import { OpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { z } from 'zod';
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
  // Node 20 has no WebSocket of its own; the package opens the global one with headers.
  vi.stubGlobal('WebSocket', WebSocket);
  [looping, research] = await Promise.all([serveForTest(toolLoop), serveForTest()]);
});

afterAll(() => {
  vi.unstubAllGlobals();
});

describe.each([
  { over: 'HTTP', stream: false },
  { over: 'HTTP', stream: true },
  { over: 'WebSocket', stream: false },
  { over: 'WebSocket', stream: true },
] as const)('@openai/agents over $over, stream: $stream', ({ over, stream }) => {
  /** What the mock is to count when it has answered `requests` over this transport. */
  const trafficOf = (requests: number) =>
    over === 'WebSocket' ? { http: 0, ws: requests, connections: 1 } : { http: requests, ws: 0 };

  const run = async (runner: Runner, agent: Agent, previousResponseId?: string) => {
    const options = { maxTurns: REQUESTS, ...(previousResponseId && { previousResponseId }) };
    if (!stream) return runner.run(agent, 'How will it be?', options);
    const streamed = await runner.run(agent, 'How will it be?', { ...options, stream });
    await streamed.completed;
    return streamed;
  };

  it('completes a loop of ten calls', async () => {
    const { baseURL, traffic } = await watch(looping);
    const { agent, executed } = agentWith({ forecast: forecastInput }, 'any-model');

    const result = await run(runnerFor(baseURL, over), agent);

    expect(executed).toEqual(Array<string>(CALLS).fill('forecast'));
    expect(result.finalOutput).toBe(lastText);
    expect(await traffic()).toMatchObject(trafficOf(REQUESTS));
    expect(result.rawResponses).toHaveLength(REQUESTS);
    for (const { usage } of result.rawResponses) {
      expect(usage.inputTokens).toBeGreaterThan(0);
      expect(usage.outputTokens).toBeGreaterThan(0);
    }
  });

  it('completes it chained to a stored response', async () => {
    const client = new OpenAI({ baseURL: looping.url, apiKey: 'sk-test', maxRetries: 0 });
    const earlier = await client.responses.create({ model: 'any-model', input: 'Hello.' });
    const { baseURL, traffic } = await watch(looping);
    const { agent, executed } = agentWith({ forecast: forecastInput }, 'any-model');

    const result = await run(runnerFor(baseURL, over), agent, earlier.id);

    expect(executed).toHaveLength(CALLS);
    expect(result.finalOutput).toBe(lastText);
    expect(await traffic()).toMatchObject(trafficOf(REQUESTS));
    const ids = [earlier.id, ...result.rawResponses.map(({ responseId }) => String(responseId))];
    const last = await client.responses.retrieve(String(ids.at(-1)));
    expect(last.previous_response_id).toBe(ids.at(-2));
  });

  it('drives its own shell tool', async () => {
    const { baseURL, traffic } = await watch(looping);
    const commands: string[] = [];
    const shell = shellTool({
      shell: {
        run: (action) => {
          commands.push(...action.commands);
          const outcome = { type: 'exit' as const, exitCode: 0 };
          return Promise.resolve({ output: [{ stdout: 'hi', stderr: '', outcome }] });
        },
      },
    });
    const agent = new Agent({ name: 'tester', model: 'any-model', tools: [shell] });

    const result = await run(runnerFor(baseURL, over), agent);

    expect(commands).toHaveLength(CALLS);
    for (const command of commands) expect(command).toMatch(/^echo /);
    expect(result.finalOutput).toBe(lastText);
    expect(await traffic()).toMatchObject(trafficOf(REQUESTS));
  });

  it('drives its own patch tool', async () => {
    const { baseURL, traffic } = await watch(looping);
    const patched: string[] = [];
    const patch = ({ path }: { path: string }) => {
      patched.push(path);
      return Promise.resolve({ status: 'completed' as const });
    };
    const editor = { createFile: patch, updateFile: patch, deleteFile: patch };
    const tools = [applyPatchTool({ editor })];
    const agent = new Agent({ name: 'tester', model: 'any-model', tools });

    const result = await run(runnerFor(baseURL, over), agent);

    expect(patched).toHaveLength(CALLS);
    expect(result.finalOutput).toBe(lastText);
    expect(await traffic()).toMatchObject(trafficOf(REQUESTS));
  });

  it('answers parallel calls that follow reasoning', async () => {
    const { baseURL, traffic } = await watch(research);
    const { agent, executed } = agentWith(researchInputs, 'research');

    const result = await run(runnerFor(baseURL, over), agent);

    expect(executed).toHaveLength(researchBatches.reduce((sum, calls) => sum + calls));
    expect(result.finalOutput).toMatch(/\S/);
    expect(await traffic()).toMatchObject(trafficOf(researchBatches.length + 1));
  });
});

/** An agent whose tools note that they ran; the package hands them only input that their schema lets through. */
function agentWith(inputs: Record<string, z.ZodObject>, model: string) {
  const executed: string[] = [];
  const tools = Object.entries(inputs).map(([name, parameters]) =>
    tool({
      name,
      description: name,
      parameters,
      execute: () => {
        executed.push(name);
        return 'sunny';
      },
    }),
  );
  const agent = new Agent({ name: 'tester', model, tools });
  return { agent, executed };
}

function runnerFor(baseURL: string, over: 'HTTP' | 'WebSocket'): Runner {
  const modelProvider = new OpenAIProvider({
    apiKey: 'sk-test',
    baseURL,
    useResponses: true,
    useResponsesWebSocket: over === 'WebSocket',
  });
  onTestFinished(() => modelProvider.close());
  // What it traces would go to the internet.
  return new Runner({ modelProvider, tracingDisabled: true });
}
