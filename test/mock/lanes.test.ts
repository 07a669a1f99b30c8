import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { createLanes } from '../../src/mock/ws/lanes.ts';
import { connect, responseIdOf, startTestMock } from './mock-server.ts';

const input = [{ role: 'user', content: 'Greet the world.' }];
const answer = [{ type: 'function_call_output', call_id: 'call_greeter_0_0', output: 'ok' }];
const create = { type: 'response.create', model: 'greeter', store: false, input };
const notFound = { type: 'error', error: { code: 'previous_response_not_found' } };
const { fast } = profiles;
/** Slow enough for all that may be active to begin before the first one ends, on a busy machine too. */
const slow = { ...fast, prefill: { fixedMs: 250, source: 'assumed: test' } };

describe('the queue of a connection', () => {
  it('is first come, first served in a lane, and holds further lanes back at the limit', () => {
    const lanes = createLanes<number>({ maxActive: 2, maxNamed: 3 });
    for (const [job, lane] of ['a', 'a', 'b', 'c'].entries()) lanes.add(lane, job);
    expect(lanes.start()).toEqual({ lane: 'a', job: 0 });
    expect(lanes.start()).toEqual({ lane: 'b', job: 2 });
    expect(lanes.start()).toBeUndefined();
    lanes.finish('a');
    expect(lanes.start()).toEqual({ lane: 'c', job: 3 });
    lanes.finish('c');
    expect(lanes.start()).toEqual({ lane: 'a', job: 1 });
    expect([lanes.active(), lanes.queued()]).toEqual([2, 0]);
  });

  it('refuses one named lane too many, never the default lane', () => {
    const lanes = createLanes<number>({ maxActive: 1, maxNamed: 2 });
    expect(['a', 'b', 'a', undefined, 'c'].map((lane) => lanes.add(lane, 0))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('lanes of a connection', () => {
  it('run side by side; one lane runs in its order', async () => {
    const { url } = await startTestMock({ profile: slow });
    const client = await connect(url);
    for (const stream_id of ['a', 'a', 'b']) client.send({ ...create, stream_id });
    const marks: string[] = [];
    while (marks.filter((mark) => mark.endsWith('completed')).length < 3) {
      const { type, stream_id } = await client.next();
      if (/created|completed/.test(type)) marks.push(`${String(stream_id)} ${type}`);
    }
    expect(marks.slice(0, 2)).toEqual(['a response.created', 'b response.created']);
    expect(marks.filter((mark) => mark.startsWith('a'))).toEqual([
      'a response.created',
      'a response.completed',
      'a response.created',
      'a response.completed',
    ]);
  });

  it('at most 16 are active at a time; the 17th waits for one to end', async () => {
    const { url } = await startTestMock({ profile: slow });
    const client = await connect(url);
    for (let lane = 0; lane < 17; lane++) client.send({ ...create, stream_id: `lane-${lane}` });
    let active = 0;
    let most = 0;
    for (let over = 0; over < 17; ) {
      const { type } = await client.next();
      if (type === 'response.created') most = Math.max(most, ++active);
      if (type === 'response.completed') {
        active--;
        over++;
      }
    }
    expect(most).toBe(16);
  });

  it('a 33rd name is refused, and the connection stays', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    for (let lane = 0; lane < 32; lane++) {
      const frames = await client.create({ input, stream_id: `lane-${lane}` });
      expect(frames.at(-1)?.type).toBe('response.completed');
    }
    expect(await client.create({ input, stream_id: 'lane-32' })).toMatchObject([
      { status: 400, error: { code: 'websocket_stream_limit_reached', param: 'stream_id' } },
    ]);
    expect((await client.create({ input })).at(-1)?.type).toBe('response.completed');
  });

  it('each keeps its latest response', async () => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const first = responseIdOf(await client.create({ input, stream_id: 'a' }));
    await client.create({ input, stream_id: 'b' });
    const next = await client.create({
      input: answer,
      previous_response_id: first,
      stream_id: 'a',
    });
    expect(next.at(-1)?.type).toBe('response.completed');
  });

  it.each([
    ['a failed fork into another lane keeps the parent', 'b', 'response.completed'],
    ['a failed continuation in its own lane evicts it', 'a', 'error'],
  ])('%s', async (_, stream_id, type) => {
    const { url } = await startTestMock();
    const client = await connect(url);
    const previous_response_id = responseIdOf(await client.create({ input, stream_id: 'a' }));
    await client.create({ input: 7, previous_response_id, stream_id });
    const again = await client.create({ input: answer, previous_response_id, stream_id: 'a' });
    expect(again.at(-1)).toMatchObject(type === 'error' ? notFound : { type });
  });

  it('with --single-lane, names mean nothing', async () => {
    const { url } = await startTestMock({ profile: fast, singleLane: true });
    const client = await connect(url);
    for (const stream_id of ['a', 'b']) client.send({ ...create, stream_id });
    const types: string[] = [];
    while (types.filter((type) => type === 'response.completed').length < 2) {
      const frame = await client.next();
      expect(frame).not.toHaveProperty('stream_id');
      types.push(frame.type);
    }
    expect(types.lastIndexOf('response.created')).toBeGreaterThan(
      types.indexOf('response.completed'),
    );
  });
});

it('at its age limit a connection gets an error and is closed, once its response is over', async () => {
  const { url } = await startTestMock({ profile: fast, maxAgeMs: 1 });
  const client = await connect(url);
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  expect(await client.next()).toMatchObject({
    type: 'error',
    status: 400,
    error: { code: 'websocket_connection_limit_reached' },
  });
  expect(await closed).toBe(1001);
});
