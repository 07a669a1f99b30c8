import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { Profile } from '../../src/mock/profile/schema.ts';
import { eventSchema } from './event-schema.ts';
import { connect, startTestMock } from './mock-server.ts';
import { eventsOf, type Json } from './three-ways.ts';

const source = 'assumed: test';
const never = { fixedMs: 600_000, source };
const queued: Profile = { ...profiles.instant, admit: never };
const prefilling: Profile = { ...profiles.instant, prefill: never };
const body = { model: 'greeter', input: 'hi', background: true };

async function call(url: string, method: string, path: string, json?: object) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(json && { body: JSON.stringify(json) }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

async function made(profile: Profile = profiles.instant) {
  const { url } = await startTestMock({ profile });
  const { status, json } = await call(url, 'POST', '/responses', body);
  expect(status).toBe(200);
  expect(json).toMatchObject({ status: 'queued', background: true, output: [], usage: null });
  return { url, id: String(json['id']), path: `/responses/${String(json['id'])}` };
}

async function statusOnceOver(url: string, path: string): Promise<unknown> {
  for (;;) {
    const { json } = await call(url, 'GET', path);
    if (json['status'] !== 'queued' && json['status'] !== 'in_progress') return json['status'];
    await sleep(5);
  }
}

describe('a response in the background', () => {
  it('is answered at once, runs on, and may then be continued', async () => {
    const { url, id, path } = await made();
    expect(await statusOnceOver(url, path)).toBe('completed');
    const { json } = await call(url, 'GET', path);
    const output = json['output'] as { call_id?: string }[];
    expect(json).toMatchObject({ background: true, usage: { output_tokens: 7 } });
    const answer = { type: 'function_call_output', call_id: output[1]?.call_id, output: 'ok' };
    const next = { model: 'greeter', input: [answer], previous_response_id: id };
    expect((await call(url, 'POST', '/responses', next)).json).toMatchObject({
      background: false,
      output: [{ name: 'look' }, { name: 'wave' }],
    });
  });

  it.each([
    ['queued', queued],
    ['in_progress', prefilling],
  ])('is %s until then, cannot be continued, and can be cancelled', async (status, profile) => {
    const { url, id, path } = await made(profile);
    expect((await call(url, 'GET', path)).json).toMatchObject({ id, status });
    const next = { ...body, background: false, previous_response_id: id };
    expect((await call(url, 'POST', '/responses', next)).status).toBe(400);
    for (const [method, at] of [
      ['POST', `${path}/cancel`],
      ['POST', `${path}/cancel`],
      ['GET', path],
    ] as const) {
      expect((await call(url, method, at)).json).toMatchObject({ id, status: 'cancelled' });
    }
  });

  it('stays completed when it is cancelled too late', async () => {
    const { url, path } = await made();
    await statusOnceOver(url, path);
    expect((await call(url, 'POST', `${path}/cancel`)).json).toMatchObject({ status: 'completed' });
  });

  it('can be deleted while it runs', async () => {
    const { url, path } = await made(prefilling);
    expect((await call(url, 'DELETE', path)).json).toMatchObject({ deleted: true });
    expect((await call(url, 'GET', path)).status).toBe(404);
  });

  it('streams, and streams again from any event', async () => {
    const { url } = await startTestMock();
    const first = await fetch(`${url}/responses`, {
      method: 'POST',
      body: JSON.stringify({ ...body, stream: true }),
    });
    const events = eventsOf(await first.text());
    for (const event of events) eventSchema.parse(event);
    const { id } = events[0]?.['response'] as { id: string };
    for (const after of [undefined, 0, 3, events.length - 1, 1000]) {
      const query = after === undefined ? '' : `&starting_after=${after}`;
      const again = await fetch(`${url}/responses/${id}?stream=true${query}`);
      const text = await again.text();
      expect(eventsOf(text)).toEqual(events.slice((after ?? -1) + 1));
      expect(text).toMatch(/data: \[DONE\]\n\n$/);
    }
  });

  it('goes on when its client goes away', async () => {
    const decode = { tokensPerSecond: 50, source };
    const { url } = await startTestMock({ profile: { ...profiles.instant, decode } });
    const posted = request(`${url}/responses`, { method: 'POST' });
    posted.end(JSON.stringify({ ...body, stream: true }));
    const [response] = (await once(posted, 'response')) as [IncomingMessage];
    const [chunk] = (await once(response, 'data')) as [Buffer];
    const { id } = eventsOf(chunk.toString())[0]?.['response'] as { id: string };
    posted.on('error', () => undefined);
    posted.destroy();
    expect(await statusOnceOver(url, `/responses/${id}`)).toBe('completed');
  });

  it('its stream ends when it is cancelled', async () => {
    const { url, path } = await made(prefilling);
    const stream = await fetch(`${url}${path}?stream=true`);
    await call(url, 'POST', `${path}/cancel`);
    const types = eventsOf(await stream.text()).map(({ type }) => type);
    expect(types).toEqual(['response.created', 'response.in_progress']);
  });

  it('means nothing over WebSocket', async () => {
    const { url } = await startTestMock();
    const frames = await (await connect(url)).create({ ...body, store: false });
    expect(frames.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { background: false },
    });
  });

  it('is what the openai package expects', async () => {
    const { url } = await startTestMock({ profile: prefilling });
    const client = new OpenAI({ apiKey: 'none', baseURL: url, maxRetries: 0 });
    const { id } = await client.responses.create(body);
    expect((await client.responses.retrieve(id)).status).toBe('in_progress');
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
  });
});

it.each<[string, object, string, string | null]>([
  ['one that is not to be stored', { ...body, store: false }, '', 'background'],
  ['a cancel of one in the foreground', { ...body, background: false }, '/cancel', null],
  [
    'a second stream of one in the foreground',
    { ...body, background: false },
    '?stream=true',
    'stream',
  ],
  [
    'a stream from an event that is no number',
    body,
    '?stream=true&starting_after=x',
    'starting_after',
  ],
])('refuses %s', async (_, create, suffix, param) => {
  const { url } = await startTestMock();
  let answer = await call(url, 'POST', '/responses', create);
  if (suffix !== '') {
    const method = suffix === '/cancel' ? 'POST' : 'GET';
    answer = await call(url, method, `/responses/${String(answer.json['id'])}${suffix}`);
  }
  expect(answer).toMatchObject({ status: 400, json: { error: { param } } });
});
