import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { startTestMock } from './mock-server.ts';

const create = { model: 'greeter', input: 'hi' };

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

interface Created {
  id: string;
  output: { call_id: string }[];
}

async function created(response: Response): Promise<Created> {
  expect(response.status).toBe(200);
  return (await response.json()) as Created;
}

describe('refusals over HTTP', () => {
  it.each<[string, number, unknown, object]>([
    ['no JSON', 400, '{', { code: 'invalid_json' }],
    ['no object', 400, '[]', { code: 'invalid_json' }],
    ['no model', 400, {}, { code: 'missing_required_parameter', param: 'model' }],
    ['a model that is no string', 400, { model: 7 }, { code: 'invalid_type', param: 'model' }],
    ['an input of numbers', 400, { ...create, input: [7] }, { param: 'input' }],
    ['tools that are no list', 400, { ...create, tools: 'bash' }, { param: 'tools' }],
    [
      'an unknown model',
      404,
      { ...create, model: 'oracle' },
      { code: 'model_not_found', param: 'model' },
    ],
    [
      'an unknown previous response',
      400,
      { ...create, previous_response_id: 'resp_x' },
      {
        code: 'previous_response_not_found',
        message: "Previous response with id 'resp_x' not found.",
        param: 'previous_response_id',
      },
    ],
    [
      'an output without its call',
      400,
      { ...create, input: [{ type: 'function_call_output', call_id: 'call_9', output: '' }] },
      {
        message: 'No tool call found for function call output with call_id call_9.',
        param: 'input',
      },
    ],
    [
      'a call without its output',
      400,
      {
        ...create,
        input: [{ type: 'function_call', call_id: 'call_9', name: 'f', arguments: '' }],
      },
      { message: 'No tool output found for function call call_9.', param: 'input' },
    ],
  ])('%s: %i', async (_, status, body, error) => {
    const { url } = await startTestMock();
    const response = await post(url, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', ...error },
    });
  });

  it.each([
    ['an unknown path', 'POST', '/v1/nothing', 404],
    ['a wrong method', 'GET', '/v1/responses', 405],
  ])('%s', async (_, method, path, status) => {
    const { url } = await startTestMock();
    const response = await fetch(new URL(path, url), { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('a body above 16 MiB gets its answer, and the server stays', async () => {
    const { url } = await startTestMock();
    const response = await post(url, { ...create, input: 'x'.repeat(16 * 1024 ** 2) });
    expect(response.status).toBe(413);
    await created(await post(url, create));
  });

  it.each([
    ['none', undefined, 401],
    ['a wrong one', 'Bearer sk-wrong', 401],
    ['the right one', 'Bearer sk-right', 200],
  ])('with a key demanded, %s', async (_, authorization, status) => {
    const { url } = await startTestMock({ apiKey: 'sk-right' });
    const response = await post(url, create, authorization === undefined ? {} : { authorization });
    expect(response.status).toBe(status);
    expect(await response.text()).not.toMatch(/sk-/);
  });
});

describe('what is accepted', () => {
  it.each<[string, object]>([
    ['a string', { input: 'hi' }],
    ['items with a role only', { input: [{ role: 'developer', content: 'Be brief.' }] }],
    ['an item of unknown type', { input: [{ type: 'acme:note', note: 1 }] }],
    ['no input at all', { input: null }],
    ['unknown fields, and null for optional ones', { tools: null, store: null, novelty: { a: 1 } }],
  ])('%s', async (_, fields) => {
    const { url } = await startTestMock();
    await created(await post(url, { ...create, ...fields }));
  });

  it('a query in the URL', async () => {
    const { url } = await startTestMock();
    const response = await fetch(`${url}/responses?model=greeter`, {
      method: 'POST',
      body: JSON.stringify(create),
    });
    await created(response);
  });
});

it('a stored response can be continued from another connection, one that was not stored can not', async () => {
  const { url } = await startTestMock();
  for (const [store, status] of [
    [true, 200],
    [false, 400],
  ] as const) {
    const first = await created(await post(url, { ...create, store }));
    const callId = first.output[1]?.call_id;
    const second = await post(url, {
      model: 'greeter',
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: callId, output: 'a world' }],
    });
    expect(second.status).toBe(status);
  }
});

it('writes each event of a stream with its type and ends with [DONE]', async () => {
  const { url } = await startTestMock();
  const response = await post(url, { ...create, stream: true });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const blocks = (await response.text()).split('\n\n');
  expect(blocks.splice(-2)).toEqual(['data: [DONE]', '']);
  for (const block of blocks) {
    const [eventLine, dataLine, ...rest] = block.split('\n');
    const data = JSON.parse(String(dataLine?.slice('data: '.length))) as { type: string };
    expect(eventLine).toBe(`event: ${data.type}`);
    expect(rest).toEqual([]);
  }
  expect(blocks.length).toBeGreaterThan(10);
});

it.each<[string, unknown]>([
  ['content', { ...create, input: [{ role: 'user', content: 'DEEP' }] }],
  ['tools', { ...create, tools: [{ type: 'custom', format: 'DEEP' }] }],
])('%s nested past all reason is refused, and the server stays', async (_, body) => {
  const { url } = await startTestMock();
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const response = await post(url, JSON.stringify(body).replace('"DEEP"', deep));
  expect(response.status).toBe(400);
  await created(await post(url, create));
});

it.each(['//', '/v1/responses//', '/%', '*'])(
  'the odd path %s is not found, and the server stays',
  async (path) => {
    const { url, port } = await startTestMock();
    const socket = dial(port, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n`);
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 404 /);
    socket.destroy();
    await created(await post(url, create));
  },
);

it('a client that leaves in mid-stream leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const slow = { ...profiles.fast, prefill: { fixedMs: 60_000, source: 'assumed: test' } };
  const { port } = await startTestMock({ profile: slow });
  const before = timers();
  const socket = dial(port, '127.0.0.1');
  const body = JSON.stringify({ ...create, stream: true });
  socket.write(
    `POST /v1/responses HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await once(socket, 'data');
  await expect.poll(timers).toBeGreaterThan(before);
  socket.destroy();
  await expect.poll(timers).toBe(before);
});
