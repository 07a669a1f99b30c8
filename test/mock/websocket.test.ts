import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { connect, responseIdOf, startTestMock } from './mock-server.ts';

const firstInput = [{ role: 'user', content: 'Greet the world.' }];
const firstCall = 'call_greeter_0_0';
const output = (call_id: string) => ({ type: 'function_call_output', call_id, output: 'ok' });
const notFound = { type: 'error', status: 400, error: { code: 'previous_response_not_found' } };

describe('a bad message gets an error frame, and the connection stays', () => {
  it.each<[string, string | Buffer, number, object]>([
    ['a binary frame', Buffer.from('{}'), 400, {}],
    ['no JSON', '{', 400, { code: 'invalid_json' }],
    ['no object', '[]', 400, { code: 'invalid_json' }],
    ['an unknown type', '{"type":"response.dance"}', 400, { param: 'type' }],
    ['no model', '{"type":"response.create"}', 400, { param: 'model' }],
    [
      'an unknown model',
      '{"type":"response.create","model":"oracle"}',
      404,
      { code: 'model_not_found' },
    ],
    [
      'an empty lane',
      '{"type":"response.create","model":"greeter","stream_id":""}',
      400,
      { code: 'invalid_stream_id', param: 'stream_id' },
    ],
  ])('%s', async (_, message, status, error) => {
    const { url } = await startTestMock();
    const client = await connect(url);
    client.socket.send(message);
    expect(await client.next()).toMatchObject({ type: 'error', status, error });
    const frames = await client.create({ input: firstInput });
    expect(frames.at(-1)?.type).toBe('response.completed');
  });
});

describe('the connection’s cache', () => {
  it('continues from the latest response with only the new items', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const first = await client.create({ input: firstInput });
    const second = await client.create({
      previous_response_id: responseIdOf(first),
      input: [output(firstCall)],
    });
    const third = await client.create({
      previous_response_id: responseIdOf(second),
      input: [output('call_greeter_1_0'), output('call_greeter_1_1')],
    });
    expect(third.at(-1)).toMatchObject({
      response: { output: [{ type: 'message', content: [{ text: 'Hello, wörld!' }] }] },
    });
  });

  it('counts the same input tokens whether the history is chained or sent again', async () => {
    const { url } = await startTestMock();
    const chained = await connect(url);
    const first = await chained.create({ input: firstInput });
    const { output: said } = first.at(-1)?.['response'] as { output: object[] };
    const usageOf = (frames: Awaited<typeof first>) => frames.at(-1)?.['response'];
    const second = await chained.create({
      previous_response_id: responseIdOf(first),
      input: [output(firstCall)],
    });
    const full = await connect(url);
    const again = await full.create({ input: [...firstInput, ...said, output(firstCall)] });
    const { usage } = usageOf(second) as { usage: unknown };
    expect(usageOf(again)).toMatchObject({ usage });
  });

  it('holds the latest response only', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const first = await client.create({ input: firstInput });
    await client.create({ input: firstInput });
    const previous_response_id = responseIdOf(first);
    const late = await client.create({ previous_response_id, input: [output(firstCall)] });
    expect(late).toEqual([expect.objectContaining({ type: 'error', status: 400 })]);
    expect(late[0]).toMatchObject(notFound);
  });

  it('is the connection’s own', async () => {
    const { url } = await startTestMock();
    const [one, two] = [await connect(url), await connect(url)];
    const previous_response_id = responseIdOf(await one.create({ input: firstInput }));
    const input = [output(firstCall)];
    expect(await two.create({ previous_response_id, input })).toMatchObject([notFound]);
  });

  it('a stored response can be continued from any connection', async () => {
    const { url } = await startTestMock();
    const [one, two] = [await connect(url), await connect(url)];
    const first = await one.create({ input: firstInput, store: true });
    const frames = await two.create({
      previous_response_id: responseIdOf(first),
      input: [output(firstCall)],
    });
    expect(frames.at(-1)?.type).toBe('response.completed');
  });

  it.each<[string, object, string]>([
    [
      'an output for an unknown call',
      { input: [output('call_9')] },
      'No tool call found for function call output with call_id call_9.',
    ],
    [
      'a call left unanswered',
      { input: firstInput },
      `No tool output found for function call ${firstCall}.`,
    ],
    [
      'an unknown model',
      { model: 'oracle', input: [output(firstCall)] },
      "The model 'oracle' does not exist or you do not have access to it. This mock has greeter, tool-loop; start it with --script <one of these> and it answers every name.",
    ],
    [
      'an input of the wrong type',
      { input: 7 },
      "Invalid value for 'input': expected a string or a list of items (objects).",
    ],
  ])('a failed continuation evicts its parent: %s', async (_, wrong, message) => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const previous_response_id = responseIdOf(await client.create({ input: firstInput }));
    expect(await client.create({ previous_response_id, ...wrong })).toMatchObject([
      { type: 'error', error: { message } },
    ]);
    const input = [output(firstCall)];
    expect(await client.create({ previous_response_id, input })).toMatchObject([notFound]);
  });

  it('a failed create that continues nothing evicts nothing', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const previous_response_id = responseIdOf(await client.create({ input: firstInput }));
    await client.create({ input: [output('call_9')] });
    const frames = await client.create({ previous_response_id, input: [output(firstCall)] });
    expect(frames.at(-1)?.type).toBe('response.completed');
  });

  it('a warm-up says nothing and can be continued', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const warm = await client.create({ input: firstInput, generate: false });
    expect(warm.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
    ]);
    expect(warm.at(-1)).toMatchObject({ response: { output: [], usage: { output_tokens: 0 } } });
    const frames = await client.create({ previous_response_id: responseIdOf(warm), input: [] });
    expect(frames.at(-1)).toMatchObject({
      response: { output: [{ type: 'reasoning' }, { type: 'function_call', name: 'look' }] },
    });
  });
});

it('requests of one connection are served one after another, in their order', async () => {
  const { url } = await startTestMock({ profile: profiles.fast });
  const client = await connect(url);
  const count = 20;
  for (let index = 0; index < count; index++) {
    client.send({
      type: 'response.create',
      model: 'greeter',
      input: 'hi',
      metadata: { index: `${index}` },
    });
  }
  const marks: string[] = [];
  while (marks.length < 2 * count) {
    const { type, response } = await client.next();
    if (type !== 'response.created' && type !== 'response.completed') continue;
    marks.push(`${type} ${(response as { metadata: { index: string } }).metadata.index}`);
  }
  expect(marks).toEqual(
    Array.from({ length: count }, (_, index) => [
      `response.created ${index}`,
      `response.completed ${index}`,
    ]).flat(),
  );
});

it('every event of a named lane names it, errors included', async () => {
  const { url } = await startTestMock();
  const client = await connect(url);
  const frames = await client.create({ input: firstInput, stream_id: 'lane-1' });
  const refused = await client.create({ model: 'oracle', stream_id: 'lane-1' });
  for (const frame of [...frames, ...refused]) expect(frame['stream_id']).toBe('lane-1');
});

it('a frame above 16 MiB closes its connection with 1009, and no other', async () => {
  const { url } = await startTestMock();
  const [big, other] = [await connect(url), await connect(url)];
  big.socket.send('x'.repeat(16 * 1024 ** 2 + 1));
  const [code] = (await once(big.socket, 'close')) as [number];
  expect(code).toBe(1009);
  expect((await other.create({ input: firstInput })).at(-1)?.type).toBe('response.completed');
});

it('a client that does not read holds up nobody, and gets everything in the end', async () => {
  const text = 'x'.repeat(400_000);
  const { url } = await startTestMock({
    script: {
      kind: 'script',
      script: {
        name: 'long',
        description: '',
        seed: 1,
        sha256: '',
        tools: [],
        turns: [{ toolResults: [], model: { text, calls: [] } }],
      },
    },
  });
  const [lazy, other] = [await connect(url), await connect(url)];
  lazy.socket.pause();
  const late = lazy.create({ input: 'hi' });
  expect((await other.create({ input: 'hi' })).at(-1)?.type).toBe('response.completed');
  lazy.socket.resume();
  const deltas = (await late).filter(({ type }) => type === 'response.output_text.delta');
  expect(deltas.map((frame) => frame['delta']).join('')).toBe(text);
});

describe('refused upgrades', () => {
  it.each<[string, string, Record<string, string>, number]>([
    ['no key', '/v1/responses', {}, 401],
    ['a wrong key', '/v1/responses', { authorization: 'Bearer sk-wrong' }, 401],
    ['an unknown path', '/v1/nothing', { authorization: 'Bearer sk-right' }, 404],
  ])('%s', async (_, path, headers, status) => {
    const { port } = await startTestMock({ apiKey: 'sk-right' });
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain(String(status));
  });

  it('the right key passes', async () => {
    const { url } = await startTestMock({ apiKey: 'sk-right' });
    const client = await connect(url, { authorization: 'Bearer sk-right' });
    expect((await client.create({ input: firstInput })).at(-1)?.type).toBe('response.completed');
  });
});
