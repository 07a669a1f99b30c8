import { setTimeout as wait } from 'node:timers/promises';
import { createOpenAI } from '@ai-sdk/openai';
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { createWebSocketFetch } from '@vercel/ai-sdk-openai-websocket-fetch';
import { tool as aiTool, generateText, stepCountIs, streamText } from 'ai';
import OpenAI from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { startRecording } from '../../src/app/record/record.ts';
import { median } from '../../src/stats/percentile.ts';
import { mockForTest } from '../support/mock.ts';
import { expectReplay, scriptOf, toolTimesOff, wireSteps } from '../support/replay.ts';
import { wireWitnessForTest } from '../support/wire-witness.ts';

const MARKER = 'planted-secret-words';
const parameters = z.object({ place: z.string() });

beforeAll(() => {
  // Node 20 has no WebSocket of its own; the package opens the global one with headers.
  vi.stubGlobal('WebSocket', WebSocket);
});

afterAll(() => {
  vi.unstubAllGlobals();
});

const TOOL_MS = 100;

/** What each client does until the model asks for no more. */
const clients: Readonly<Record<string, (baseURL: string) => Promise<unknown>>> = {
  'the openai package': runOpenai,
  'the agents SDK over HTTP': (baseURL) => runAgents(baseURL, false),
  'the agents SDK over WebSocket': (baseURL) => runAgents(baseURL, true),
  'the AI SDK with JSON': (baseURL) => generateText(aiOptions(baseURL)),
  'the AI SDK with events': (baseURL) => streamText(aiOptions(baseURL)).text as Promise<string>,
  'the AI SDK over WebSocket': async (baseURL) => {
    const webSocketFetch = createWebSocketFetch({
      url: `${baseURL.replace('http', 'ws')}/responses`,
    });
    await streamText(aiOptions(baseURL, webSocketFetch)).text;
    webSocketFetch.close();
  },
};

async function execute(): Promise<string> {
  await wait(TOOL_MS);
  return `${MARKER}\n`.repeat(60);
}

async function runOpenai(baseURL: string): Promise<void> {
  const client = new OpenAI({ baseURL, apiKey: 'sk-planted' });
  const input: ResponseInputItem[] = [
    { role: 'developer', content: `${MARKER} `.repeat(40) },
    { role: 'user', content: MARKER },
  ];
  const tools = [
    {
      ...{ type: 'function' as const, name: 'lookup', strict: false },
      description: `${MARKER} ${'d'.repeat(6000)}`,
      parameters: z.toJSONSchema(parameters),
    },
  ];
  for (;;) {
    const { output } = await client.responses.create({ model: 'x', input, tools });
    const calls = output.filter((item) => item.type === 'function_call');
    if (calls.length === 0) return;
    input.push(...(output as ResponseInputItem[]));
    const results = await Promise.all(
      calls.map(async ({ call_id }) => ({
        ...{ type: 'function_call_output' as const, call_id },
        output: await execute(),
      })),
    );
    input.push(...results);
  }
}

function runAgents(baseURL: string, useResponsesWebSocket: boolean): Promise<unknown> {
  const lookup = tool({
    name: 'lookup',
    description: `${MARKER} ${'d'.repeat(6000)}`,
    parameters,
    execute,
  });
  const agent = new Agent({
    name: 'it',
    model: 'x',
    instructions: `${MARKER} `.repeat(40),
    tools: [lookup],
  });
  const provider = new OpenAIProvider({
    ...{ baseURL, apiKey: 'sk-planted', useResponses: true, useResponsesWebSocket },
    ...(useResponsesWebSocket && { websocketBaseURL: baseURL.replace('http', 'ws') }),
  });
  const runner = new Runner({ modelProvider: provider, tracingDisabled: true });
  return runner.run(agent, MARKER);
}

function aiOptions(baseURL: string, fetch?: typeof globalThis.fetch) {
  return {
    model: createOpenAI({ baseURL, apiKey: 'sk-planted', ...(fetch && { fetch }) }).responses('x'),
    system: `${MARKER} `.repeat(40),
    prompt: MARKER,
    tools: {
      lookup: aiTool({
        description: `${MARKER} ${'d'.repeat(6000)}`,
        inputSchema: parameters,
        execute,
      }),
    },
    stopWhen: stepCountIs(10),
  };
}

const tasks = [
  { calls: 5, parallel: 1 },
  { calls: 6, parallel: 2 },
];

describe('through the recorder, a scenario of as many bytes and as long tools, step by step', () => {
  it.each(
    Object.entries(clients).flatMap(([client, run]) =>
      tasks.map((task) => ({ client, run, ...task })),
    ),
  )('$client: $calls calls, $parallel at once', async ({ run, calls, parallel }) => {
    const mock = await mockForTest({ script: { kind: 'tool-loop', calls, parallel } });
    const recording = await startRecording({ url: mock.url, port: 0, name: 'recorded' });
    const witness = await wireWitnessForTest(recording.url);
    await run(witness.url);
    const { scenarios, traffic } = await recording.stop();
    expect(JSON.stringify(scenarios)).not.toContain(MARKER);
    expect(scenarios.map(({ figures }) => figures)).toMatchObject([
      { steps: calls / parallel + 1, calls },
    ]);
    const script = await scriptOf(scenarios[0]?.text ?? '');
    const steps = wireSteps(witness.requests);
    // A busy machine may hold up one hop or another, but not most.
    expect(median(toolTimesOff(script, steps))).toBeLessThan(1);
    await expectReplay(script, traffic.chained > 0 ? 'ws' : 'http', steps);
  });
});
