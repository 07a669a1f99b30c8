import { describe, expect, it } from 'vitest';
import { startTestMock } from './mock-server.ts';

type Json = Record<string, unknown>;

async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Json }> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

const create = { model: 'greeter', input: 'hi' };
const answer = (callId = 'call_greeter_0_0') => ({
  type: 'function_call_output',
  call_id: callId,
  output: 'ok',
});

describe('a stored response', () => {
  it('can be read, listed, refused a cancel, and deleted', async () => {
    const { url } = await startTestMock();
    const { json: made } = await call(url, 'POST', '/responses', create);
    const path = `/responses/${String(made['id'])}`;
    expect(await call(url, 'GET', path)).toEqual({ status: 200, json: made });
    expect(await call(url, 'GET', `${path}/input_items`)).toMatchObject({
      status: 200,
      json: {
        object: 'list',
        data: [{ type: 'message', content: [{ type: 'input_text', text: 'hi' }] }],
        has_more: false,
      },
    });
    expect((await call(url, 'POST', `${path}/cancel`)).status).toBe(400);
    expect((await call(url, 'DELETE', path)).json).toMatchObject({ deleted: true });
    expect((await call(url, 'GET', path)).status).toBe(404);
    const next = { ...create, previous_response_id: made['id'], input: [answer()] };
    expect((await call(url, 'POST', '/responses', next)).status).toBe(400);
  });

  it('lists what it continues too, in pages', async () => {
    const { url } = await startTestMock();
    const { json: first } = await call(url, 'POST', '/responses', create);
    const { json: second } = await call(url, 'POST', '/responses', {
      ...create,
      previous_response_id: first['id'],
      input: [answer()],
    });
    const path = `/responses/${String(second['id'])}/input_items?order=asc&limit=3`;
    const { json: page } = await call(url, 'GET', path);
    const types = (items: unknown) => (items as Json[]).map(({ type }) => type);
    expect(types(page['data'])).toEqual(['message', 'reasoning', 'function_call']);
    expect(page['has_more']).toBe(true);
    const { json: rest } = await call(url, 'GET', `${path}&after=${String(page['last_id'])}`);
    expect(types(rest['data'])).toEqual(['function_call_output']);
  });

  it('is not there with store: false', async () => {
    const { url } = await startTestMock();
    const { json: made } = await call(url, 'POST', '/responses', { ...create, store: false });
    expect((await call(url, 'GET', `/responses/${String(made['id'])}`)).status).toBe(404);
  });

  it('lends its items to those who only name them', async () => {
    const { url } = await startTestMock();
    await call(url, 'POST', '/responses', create);
    const named = ['rs_greeter_0', 'fc_greeter_0_0'].map((id) => ({ type: 'item_reference', id }));
    const input = [{ role: 'user', content: 'hi' }, ...named, answer()];
    const next = await call(url, 'POST', '/responses', { ...create, input });
    expect(next).toMatchObject({ status: 200, json: { output: [{ name: 'look' }, {}] } });
    const unknown = { ...create, input: [{ type: 'item_reference', id: 'rs_9' }] };
    expect((await call(url, 'POST', '/responses', unknown)).status).toBe(404);
  });
});

it('counts input tokens as a create reports them', async () => {
  const { url } = await startTestMock();
  const { json: counted } = await call(url, 'POST', '/responses/input_tokens', create);
  const { json: made } = await call(url, 'POST', '/responses', create);
  expect(counted).toEqual({
    object: 'response.input_tokens',
    input_tokens: (made['usage'] as Json)['input_tokens'],
  });
});

it('a compacted window goes on where the conversation was', async () => {
  const { url } = await startTestMock();
  const { json: first } = await call(url, 'POST', '/responses', create);
  const { json: compacted } = await call(url, 'POST', '/responses/compact', {
    model: 'greeter',
    previous_response_id: first['id'],
    input: [answer()],
  });
  expect(compacted).toMatchObject({
    object: 'response.compaction',
    output: [{ type: 'compaction' }],
  });
  const input = [...(compacted['output'] as Json[]), { role: 'user', content: 'go on' }];
  const { json: next } = await call(url, 'POST', '/responses', { ...create, input });
  expect(next).toMatchObject({ output: [{ name: 'look' }, { name: 'wave' }] });
});

describe('a conversation', () => {
  it('carries on from request to request', async () => {
    const { url } = await startTestMock();
    const { json } = await call(url, 'POST', '/conversations', {});
    const conversation = String(json['id']);
    const first = await call(url, 'POST', '/responses', { ...create, conversation });
    expect(first.json).toMatchObject({ conversation: { id: conversation } });
    const next = { ...create, conversation: { id: conversation }, input: [answer()] };
    expect((await call(url, 'POST', '/responses', next)).json).toMatchObject({
      output: [{ name: 'look' }, { name: 'wave' }],
    });
  });

  it.each<[string, Json, number]>([
    ['an unknown one', { conversation: 'conv_9' }, 404],
    ['one beside a previous response', { conversation: 'c', previous_response_id: 'r' }, 400],
    ['one of the wrong type', { conversation: 7 }, 400],
  ])('refuses %s', async (_, fields, status) => {
    const { url } = await startTestMock();
    expect((await call(url, 'POST', '/responses', { ...create, ...fields })).status).toBe(status);
  });
});

it('tells its health and its numbers', async () => {
  const { url } = await startTestMock();
  await call(url, 'POST', '/responses', create);
  expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  const text = await (await fetch(new URL('/metrics', url))).text();
  expect(text).toContain('requests_total{transport="http",status="200"}');
  expect(text).toMatch(/stored_bytes \d{3,}/);
});

it('a body that calls itself a refusal is just a body', async () => {
  const { url } = await startTestMock();
  const made = await call(url, 'POST', '/responses', { ...create, kind: 'refusal' });
  expect(made.status).toBe(200);
});
