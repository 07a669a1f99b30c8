import { OpenAI } from 'openai';
import type { ResponseInputItem, Tool } from 'openai/resources/responses/responses';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { profiles } from '../../src/mock/profile.ts';
import { startTestMock } from './mock-server.ts';

const parameters = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 1 }, days: { type: 'integer', minimum: 1 } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const tools: Tool[] = [{ type: 'function', name: 'forecast', strict: true, parameters }];
const validator = z.fromJSONSchema(parameters as Parameters<typeof z.fromJSONSchema>[0]);

const CALLS = 3;

async function startClient(): Promise<OpenAI> {
  const { url } = await startTestMock({
    script: { kind: 'tool-loop', calls: CALLS },
    profile: profiles.fast,
    apiKey: 'sk-test',
  });
  return new OpenAI({ baseURL: url, apiKey: 'sk-test', maxRetries: 0 });
}

type Create = (
  input: ResponseInputItem[],
  previousId: string | undefined,
) => Promise<OpenAI.Responses.Response>;

/** Answers every call until there is none; returns what the model said at the end. */
async function runLoop(create: Create, chained: boolean): Promise<{ calls: number; text: string }> {
  const history: ResponseInputItem[] = [{ role: 'user', content: 'How will it be?' }];
  let added: ResponseInputItem[] = history.slice();
  let previousId: string | undefined;
  for (let calls = 0; ; calls++) {
    const response = await create(chained ? added : history, chained ? previousId : undefined);
    previousId = response.id;
    const call = response.output.find((item) => item.type === 'function_call');
    if (call === undefined) {
      const message = response.output.find((item) => item.type === 'message');
      const part = message?.content[0];
      return { calls, text: part?.type === 'output_text' ? part.text : '' };
    }
    expect(validator.safeParse(JSON.parse(call.arguments)).error).toBeUndefined();
    added = [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }];
    // The package itself types an output item wider than what it lets a request carry.
    history.push(...(response.output as ResponseInputItem[]), ...added);
  }
}

const expected = { calls: CALLS, text: `Done after ${CALLS} tool outputs.` };

describe.each([
  ['chained', true],
  ['with the full history', false],
])('the official openai package completes a tool loop %s', (_, chained) => {
  const fields = (input: ResponseInputItem[], previousId: string | undefined) => ({
    model: 'any-model',
    input,
    tools,
    ...(previousId !== undefined && { previous_response_id: previousId }),
  });

  it('over JSON', async () => {
    const client = await startClient();
    const create: Create = (...args) => client.responses.create(fields(...args));
    expect(await runLoop(create, chained)).toEqual(expected);
  });

  it('over SSE', async () => {
    const client = await startClient();
    const create: Create = (...args) => client.responses.stream(fields(...args)).finalResponse();
    expect(await runLoop(create, chained)).toEqual(expected);
  });

  it('over its WebSocket client, with nothing stored', async () => {
    const client = await startClient();
    const socket = new ResponsesWS(client);
    onTestFinished(() => {
      socket.close();
    });
    const create: Create = (...args) =>
      new Promise((resolve, reject) => {
        const onError = (error: Error) => {
          reject(error);
        };
        socket.once('error', onError);
        socket.once('response.completed', ({ response }) => {
          socket.off('error', onError);
          resolve(response);
        });
        socket.send({ type: 'response.create', store: false, ...fields(...args) });
      });
    expect(await runLoop(create, chained)).toEqual(expected);
  });
});

it('sees a refusal as the error class of its status', async () => {
  const client = await startClient();
  const lost = client.responses.create({ model: 'm', input: 'hi', previous_response_id: 'resp_x' });
  await expect(lost).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  await expect(lost).rejects.toMatchObject({ code: 'previous_response_not_found' });
  const stranger = client.withOptions({ apiKey: 'sk-wrong' }).responses.create({ model: 'm' });
  await expect(stranger).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
});
