import { OpenAI } from 'openai';
import { ResponsesWebSocketSession } from 'openai/lib/responses/responses-websocket-session';
import type { Tool } from 'openai/resources/responses/responses';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type Served, serveForTest } from '../../support/serve.ts';
import { type Create, runLoop } from './openai-loop.ts';
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

const forecast = functionTool('forecast', forecastInput);
const transports = ['JSON', 'SSE', 'WebSocket'] as const;
const ways = transports.flatMap((transport) => [
  { transport, context: 'chained', chained: true },
  { transport, context: 'with the full history', chained: false },
]);

describe.each(ways)('openai over $transport, $context', ({ transport, chained }) => {
  /** What the mock is to count when it has answered `requests` over this transport. */
  const trafficOf = (requests: number) =>
    transport === 'WebSocket'
      ? { http: 0, ws: requests, connections: 1 }
      : { http: requests, ws: 0 };

  it('completes a loop of ten calls', async () => {
    const { baseURL, traffic } = await watch(looping);
    const create = openTransport(transport, baseURL, {
      model: 'any-model',
      tools: [forecast],
      store: chained && transport !== 'WebSocket',
    });

    const { calls, text } = await runLoop(create, chained);

    expect(calls.map((batch) => batch.length)).toEqual(Array<number>(CALLS).fill(1));
    for (const call of calls.flat()) {
      expect(call).toMatchObject({ type: 'function_call', name: 'forecast' });
      expect(inputOf(call)).toSatisfy((input) => forecastInput.safeParse(input).success);
    }
    expect(text).toBe(lastText);
    expect(await traffic()).toMatchObject(trafficOf(REQUESTS));
  });

  it('hands free text to a custom tool', async () => {
    const { baseURL, traffic } = await watch(looping);
    const create = openTransport(transport, baseURL, {
      model: 'any-model',
      tools: [{ type: 'custom', name: 'apply_patch', format: { type: 'text' } }],
    });

    const { calls, text } = await runLoop(create, chained);

    expect(calls.flat()).toHaveLength(CALLS);
    for (const call of calls.flat()) {
      expect(call).toMatchObject({ type: 'custom_tool_call', name: 'apply_patch' });
      expect(inputOf(call)).toMatch(/\S/);
    }
    expect(text).toBe(lastText);
    expect(await traffic()).toMatchObject(trafficOf(REQUESTS));
  });

  it('answers parallel calls that follow encrypted reasoning', async () => {
    const { baseURL, traffic } = await watch(research);
    const create = openTransport(transport, baseURL, {
      model: 'research',
      tools: Object.entries(researchInputs).map(([name, input]) => functionTool(name, input)),
      include: ['reasoning.encrypted_content'],
    });

    const { calls, text } = await runLoop(create, chained);

    expect(calls.map((batch) => batch.length)).toEqual(researchBatches);
    expect(new Set(calls.flat().map((call) => call.call_id)).size).toBe(calls.flat().length);
    for (const call of calls.flat()) {
      const schema = researchInputs[call.name as keyof typeof researchInputs];
      expect(inputOf(call)).toSatisfy((input) => schema.safeParse(input).success);
    }
    expect(text).toMatch(/\S/);
    expect(await traffic()).toMatchObject(trafficOf(researchBatches.length + 1));
  });
});

it('runs two loops at once as lanes of one socket', async () => {
  const { baseURL, traffic } = await watch(looping);
  const socket = openSocket(baseURL);
  await new Promise((resolve) => {
    socket.socket.once('open', resolve);
  });
  const session = new ResponsesWebSocketSession(socket, {
    maxLanes: 2,
    maxBufferedEvents: 1000,
    maxBufferedBytes: 1_000_000,
  });
  const loops = ['left', 'right'].map((name) => {
    const lane = session.lane(name);
    return runLoop((step) => {
      lane.create({ model: 'any-model', tools: [forecast], store: false, ...step });
      return lane.finalResponse();
    }, true);
  });
  for (const { calls, text } of await Promise.all(loops)) {
    expect(calls).toHaveLength(CALLS);
    expect(text).toBe(lastText);
  }
  expect(await traffic()).toEqual({ http: 0, ws: 2 * REQUESTS, connections: 1 });
});

it('sees a refusal as the error class of its status', async () => {
  const { url } = await serveForTest(['--api-key-env', 'KEY'], { env: { KEY: 'sk-test' } });
  const client = clientOf(url);
  const lost = client.responses.create({ model: 'quick', previous_response_id: 'resp_x' });
  await expect(lost).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  await expect(lost).rejects.toMatchObject({ code: 'previous_response_not_found' });
  const stranger = client.withOptions({ apiKey: 'sk-wrong' }).responses.create({ model: 'quick' });
  await expect(stranger).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});

/** How the package sends a step of a loop over a transport; the fields stay the same. */
function openTransport(
  transport: (typeof transports)[number],
  baseURL: string,
  fields: Pick<OpenAI.Responses.ResponseCreateParams, 'model' | 'tools' | 'store' | 'include'>,
): Create {
  const client = clientOf(baseURL);
  switch (transport) {
    case 'JSON':
      return (step) => client.responses.create({ ...fields, ...step });
    case 'SSE':
      return (step) => client.responses.stream({ ...fields, ...step }).finalResponse();
    case 'WebSocket': {
      const socket = openSocket(baseURL);
      return (step) =>
        new Promise((resolve, reject) => {
          socket.once('error', reject);
          socket.once('response.completed', ({ response }) => {
            socket.off('error', reject);
            resolve(response);
          });
          socket.send({ type: 'response.create', store: false, ...fields, ...step });
        });
    }
  }
}

function openSocket(baseURL: string): ResponsesWS {
  const socket = new ResponsesWS(clientOf(baseURL));
  // The package lets an error that nobody listens to end the process, even one while it closes.
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.close();
  });
  return socket;
}

function clientOf(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: 'sk-test', maxRetries: 0 });
}

function functionTool(name: string, input: z.ZodType): Tool {
  return { type: 'function', name, strict: true, parameters: z.toJSONSchema(input) };
}

/** What a call hands to its tool: a value, or text if the tool is a custom one. */
function inputOf(call: { arguments: string } | { input: string }): unknown {
  return 'input' in call ? call.input : JSON.parse(call.arguments);
}
