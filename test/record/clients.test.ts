import { createOpenAI } from '@ai-sdk/openai';
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import { createWebSocketFetch } from '@vercel/ai-sdk-openai-websocket-fetch';
import { tool as aiTool, generateText, stepCountIs, streamText } from 'ai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { plannedTraffic } from '../../src/app/planned-traffic.ts';
import { startRecording } from '../../src/app/record/record.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { mockForTest } from '../support/mock.ts';

const MARKER = 'planted-secret-words';
const parameters = z.object({ place: z.string() });

beforeAll(() => {
  // Node 20 has no WebSocket of its own; the package opens the global one with headers.
  vi.stubGlobal('WebSocket', WebSocket);
});

afterAll(() => {
  vi.unstubAllGlobals();
});

/** What each client does with three calls, one after the other. */
const clients: Readonly<Record<string, (baseURL: string) => Promise<unknown>>> = {
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

function runAgents(baseURL: string, useResponsesWebSocket: boolean): Promise<unknown> {
  const lookup = tool({
    name: 'lookup',
    description: `${MARKER} ${'d'.repeat(1000)}`,
    parameters,
    execute: () => `${MARKER}\n`.repeat(20),
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
        description: `${MARKER} ${'d'.repeat(1000)}`,
        inputSchema: parameters,
        execute: () => `${MARKER}\n`.repeat(20),
      }),
    },
    stopWhen: stepCountIs(10),
  };
}

describe('through the recorder', () => {
  it.each(Object.entries(clients))('%s becomes a scenario of as many bytes', async (_name, run) => {
    const mock = await mockForTest({ script: { kind: 'tool-loop', calls: 3, parallel: 1 } });
    const recording = await startRecording({ url: mock.url, port: 0, name: 'recorded' });
    await run(recording.url);
    const { scenarios, traffic } = await recording.stop();
    expect(JSON.stringify(scenarios)).not.toContain(MARKER);
    expect(scenarios.map(({ figures }) => figures)).toMatchObject([{ steps: 4, calls: 3 }]);
    const script = expandScenario(await parseScenario(scenarios[0]?.text ?? '', 'it.yaml'), 1);
    const transport = traffic.chained > 0 ? 'ws' : 'http';
    const { payloadBytes } = plannedTraffic(script, 'x', transport);
    // What makes a frame of a request.
    const frameBytes = traffic.requests.websocket * '"type":"response.create",'.length;
    expect(Math.abs((payloadBytes + frameBytes) / traffic.requestBytes - 1)).toBeLessThan(0.03);
  });
});
