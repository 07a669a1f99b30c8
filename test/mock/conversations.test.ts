import { describe, expect, it } from 'vitest';
import { createConversations } from '../../src/mock/memory/conversations.ts';
import { startTestMock } from './mock-server.ts';
import { clientOf, type Json, ways } from './three-ways.ts';

async function call(url: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

const user = (content: string) => ({ role: 'user', content });
const answer = { type: 'function_call_output', call_id: 'call_greeter_0_0', output: 'ok' };

async function conversationOf(items: object[] = [], metadata?: object) {
  const { url } = await startTestMock();
  const { json } = await call(url, 'POST', '/conversations', { items, metadata });
  return { url, id: String(json['id']), path: `/conversations/${String(json['id'])}` };
}

const typesOf = ({ json }: { json: Json }) => (json['data'] as Json[]).map(({ type }) => type);

describe('a conversation', () => {
  it('is read, changed and deleted', async () => {
    const { url, id, path } = await conversationOf([user('hi')], { topic: 'a' });
    expect((await call(url, 'GET', path)).json).toMatchObject({
      id,
      object: 'conversation',
      metadata: { topic: 'a' },
    });
    const changed = await call(url, 'POST', path, { metadata: { topic: 'b' } });
    expect(changed.json).toMatchObject({ id, metadata: { topic: 'b' } });
    expect((await call(url, 'GET', path)).json).toEqual(changed.json);
    expect((await call(url, 'DELETE', path)).json).toEqual({
      id,
      object: 'conversation.deleted',
      deleted: true,
    });
    expect((await call(url, 'GET', `${path}/items`)).status).toBe(404);
  });

  it('lists, takes, shows and loses items', async () => {
    const { url, path } = await conversationOf([user('one')]);
    const added = await call(url, 'POST', `${path}/items`, { items: [user('two'), user('three')] });
    expect(added.json).toMatchObject({ object: 'list', has_more: false });
    const [two] = added.json['data'] as Json[];
    const item = `${path}/items/${String(two?.['id'])}`;
    expect((await call(url, 'GET', item)).json).toEqual(two);
    expect(two).toMatchObject({
      type: 'message',
      status: 'completed',
      content: [{ type: 'input_text', text: 'two' }],
    });
    const page = await call(url, 'GET', `${path}/items?order=asc&limit=2`);
    expect(typesOf(page)).toEqual(['message', 'message']);
    expect(page.json).toMatchObject({ has_more: true, last_id: two?.['id'] });
    expect((await call(url, 'DELETE', item)).json).toMatchObject({ object: 'conversation' });
    expect((await call(url, 'GET', item)).status).toBe(404);
    expect(typesOf(await call(url, 'GET', `${path}/items`))).toHaveLength(2);
  });

  it.each(ways)('grows by what a create over %s brings and says', async (way) => {
    const { url, id, path } = await conversationOf();
    const create = await clientOf(way, url);
    const first = await create({ input: 'hi', conversation: id });
    expect(first.response).toMatchObject({ conversation: { id } });
    const items = await call(url, 'GET', `${path}/items?order=asc`);
    expect(typesOf(items)).toEqual(['message', 'reasoning', 'function_call']);
    const next = await create({ input: [answer], conversation: { id } });
    expect(next.response.output).toMatchObject([{ name: 'look' }, { name: 'wave' }]);
  });

  it('is continued from where its items say, after one was taken out', async () => {
    const { url, id, path } = await conversationOf([user('x'.repeat(4000))]);
    const [item] = (await call(url, 'GET', `${path}/items`)).json['data'] as Json[];
    const create = await clientOf('json', url);
    const tokens = async () => {
      const { json } = await call(url, 'POST', '/responses/input_tokens', {
        model: 'greeter',
        input: 'hi',
        conversation: id,
      });
      return json['input_tokens'] as number;
    };
    const before = await tokens();
    await call(url, 'DELETE', `${path}/items/${String(item?.['id'])}`);
    expect(before - (await tokens())).toBe(1000);
    expect((await create({ input: 'hi', conversation: id })).status).toBe(200);
  });

  it('keeps a call while its output is there', async () => {
    const { url, path } = await conversationOf([
      user('hi'),
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'look', arguments: '{}' },
      { type: 'function_call_output', id: 'fo_1', call_id: 'c1', output: 'ok' },
    ]);
    expect((await call(url, 'DELETE', `${path}/items/fc_1`)).status).toBe(400);
    expect((await call(url, 'DELETE', `${path}/items/fo_1`)).status).toBe(200);
    expect((await call(url, 'DELETE', `${path}/items/fc_1`)).status).toBe(200);
  });

  it('shows images without their data', async () => {
    const image = { type: 'input_image', image_url: `data:image/png;base64,${'A'.repeat(1000)}` };
    const { url, path } = await conversationOf([{ role: 'user', content: [image] }]);
    const { json } = await call(url, 'GET', `${path}/items`);
    expect(json['data']).toMatchObject([{ content: [{ type: 'input_image', image_url: null }] }]);
  });
});

it.each<[string, string, string, unknown, number, string | null]>([
  ['no such conversation', 'GET', '/conversations/conv_9/items', undefined, 404, 'conversation'],
  [
    'items for none',
    'POST',
    '/conversations/conv_9/items',
    { items: [user('a')] },
    404,
    'conversation',
  ],
  ['metadata for none', 'POST', '/conversations/conv_9', { metadata: {} }, 404, 'conversation'],
  ['no such item', 'GET', '$/items/msg_9', undefined, 404, null],
  ['no such item to delete', 'DELETE', '$/items/msg_9', undefined, 404, null],
  ['no items', 'POST', '$/items', {}, 400, 'items'],
  ['a text for items', 'POST', '$/items', { items: 'hi' }, 400, 'items'],
  ['items that are none', 'POST', '$/items', { items: [7] }, 400, 'items'],
  [
    '21 items',
    'POST',
    '$/items',
    { items: Array.from({ length: 21 }, () => user('a')) },
    400,
    'items',
  ],
  ['an output without its call', 'POST', '$/items', { items: [answer] }, 400, 'input'],
  ['no metadata', 'POST', '$', {}, 400, 'metadata'],
  ['metadata of the wrong type', 'POST', '$', { metadata: { a: 1 } }, 400, 'metadata.a'],
  ['a page of none', 'GET', '$/items?limit=0', undefined, 400, 'limit'],
  ['a list for a body', 'POST', '$/items', [], 400, null],
])('refuses %s', async (_, method, path, body, status, param) => {
  const { url, path: own } = await conversationOf();
  const refused = await call(url, method, path.replace('$', own), body);
  expect(refused.status).toBe(status);
  expect(refused.json).toMatchObject({ error: { param } });
});

it('the oldest make room, the newest stays whatever it weighs', () => {
  const conversations = createConversations(10_000);
  const made = ['a', 'b', 'c'].map((name) => {
    const conversation = conversations.create([user(name.repeat(3000))], {});
    return 'id' in conversation ? conversation.id : '';
  });
  expect(made.map((id) => conversations.find(id) !== undefined)).toEqual([false, true, true]);
  conversations.append(made[2] ?? '', [user('x'.repeat(50_000))]);
  expect(made.map((id) => conversations.find(id) !== undefined)).toEqual([false, false, true]);
  conversations.delete(made[2] ?? '');
  expect(conversations.bytes()).toBe(0);
});
