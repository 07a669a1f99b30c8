import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { UsageError } from '../../src/errors.ts';
import type { ResponseLayout } from '../../src/mock/answer/response-layout.ts';
import { stage } from '../../src/mock/answer/staging.ts';
import { createFaults, type StreamFault } from '../../src/mock/fault/faults.ts';
import { parseFaults } from '../../src/mock/fault/spec.ts';
import { connect, responseIdOf, startTestMock } from './mock-server.ts';

const faultsOf = (spec: string) => ({ fault: { rules: parseFaults(spec, '--fault'), seed: 1 } });
const create = { model: 'greeter', input: 'hi' };

function post(url: string, fields: object = {}): Promise<Response> {
  const body = JSON.stringify({ ...create, ...fields });
  return fetch(`${url}/responses`, { method: 'POST', body });
}

describe('the spec', () => {
  it('reads faults, arguments and conditions', () => {
    expect(parseFaults('429:2s@0.1, close@event5@call3@ws', '--fault')).toEqual([
      {
        fault: { kind: 'status', status: 429, retryAfterMs: 2000 },
        name: '429',
        probability: 0.1,
        event: 2,
      },
      {
        fault: { kind: 'close', code: 1011 },
        name: 'close',
        probability: 1,
        event: 5,
        call: 3,
        transport: 'ws',
      },
    ]);
    expect(parseFaults('flaky', '--fault').length).toBeGreaterThan(3);
  });

  it.each([
    ['an unknown fault', 'explode'],
    ['nothing at all', ''],
    ['a status that is no failure', '200'],
    ['a close code that never goes over the wire', 'close:1006'],
    ['no duration', 'age:soon'],
    ['an argument too many', 'reset:1'],
    ['a probability above 1', '503@1.5'],
    ['an unknown condition', '503@noon'],
    ['an upgrade that succeeds', 'upgrade:101'],
  ])('refuses %s', (_, spec) => {
    expect(() => parseFaults(spec, '--fault')).toThrow(UsageError);
    expect(() => parseFaults(spec, '--fault')).toThrow(/^--fault/);
  });

  it('strikes as often as told, the same way for the same seed', () => {
    const strikes = (seed: number) => {
      const faults = createFaults(parseFaults('503@0.2', '--fault'), seed, () => undefined);
      return Array.from({ length: 1000 }, () => faults.refusal('http') !== undefined);
    };
    expect(strikes(1)).toEqual(strikes(1));
    expect(strikes(1)).not.toEqual(strikes(2));
    const share = strikes(3).filter(Boolean).length / 1000;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.25);
  });
});

it.each([
  ['429:1500ms', 429, 'rate_limit_exceeded'],
  ['503', 503, 'server_is_overloaded'],
  ['500', 500, 'server_error'],
])('%s refuses a create on both transports', async (spec, status, code) => {
  const { url } = await startTestMock(faultsOf(`${spec}@call1`));
  const response = await post(url);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(response.headers.get('retry-after')).toBe(status === 429 ? '2' : null);
  expect((await post(url)).status).toBe(200);
});

it('carries retry hints over WebSocket too', async () => {
  const { url } = await startTestMock(faultsOf('429:1500ms'));
  const client = await connect(url);
  const headers = { 'retry-after': '2', 'retry-after-ms': '1500' };
  expect(await client.create(create)).toMatchObject([{ status: 429, headers, error: { headers } }]);
});

it.each([426, 403, 404])('upgrade:%i', async (status) => {
  const { port } = await startTestMock(faultsOf(`upgrade:${status}`));
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/responses`);
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain(String(status));
});

it('close: so many events, then the code', async () => {
  const { url } = await startTestMock(faultsOf('close:1013@event4'));
  const client = await connect(url);
  client.send({ type: 'response.create', ...create });
  const closed = once(client.socket, 'close');
  for (let event = 0; event < 4; event++) {
    expect((await client.next())['sequence_number']).toBe(event);
  }
  expect((await closed)[0]).toBe(1013);
});

it('reset breaks an event stream', async () => {
  const { url } = await startTestMock(faultsOf('reset@event3'));
  await expect(post(url, { stream: true }).then((response) => response.text())).rejects.toThrow();
});

it('fail ends the response, and the WebSocket’s cache lets go of its parent', async () => {
  const { url } = await startTestMock(faultsOf('fail@event3@call2'));
  const client = await connect(url);
  const previous_response_id = responseIdOf(await client.create(create));
  const next = {
    previous_response_id,
    input: [{ type: 'function_call_output', call_id: 'call_greeter_0_0', output: 'ok' }],
  };
  client.send({ type: 'response.create', ...create, ...next });
  for (let event = 0; event < 3; event++) await client.next();
  expect(await client.next()).toMatchObject({
    type: 'response.failed',
    sequence_number: 3,
    response: { status: 'failed', error: { code: 'server_error' } },
  });
});

it('garbage is one message that is no JSON', async () => {
  const { url } = await startTestMock(faultsOf('garbage@event2'));
  const lines = (await (await post(url, { stream: true })).text()).split('\n');
  const broken = lines.filter((line) => {
    if (!line.startsWith('data: {')) return false;
    try {
      JSON.parse(line.slice('data: '.length));
      return false;
    } catch {
      return true;
    }
  });
  expect(broken).toHaveLength(1);
});

it('forget empties the connection’s cache', async () => {
  const { url } = await startTestMock(faultsOf('forget@call2'));
  const client = await connect(url);
  const previous_response_id = responseIdOf(await client.create(create));
  expect(await client.create({ previous_response_id, input: [] })).toMatchObject([
    { error: { code: 'previous_response_not_found' } },
  ]);
});

it('age ends a connection early', async () => {
  const { url } = await startTestMock(faultsOf('age:5ms'));
  const client = await connect(url);
  expect(await client.next()).toMatchObject({
    error: { code: 'websocket_connection_limit_reached' },
  });
});

it.each([
  ['what falls due before is held back, the rest keeps its time', 30, [0, 0, 40, 40, 60, 80]],
  ['the end is not held back', 1000, [0, 0, 80, 80, 80, 80]],
])('buffer: %s', (_what, ms, expected) => {
  const layout = {
    frames: expected.map((_, index) => ({ type: String(index), json: '{}', token: 0 })),
    dueMs: [0, 0, 10, 20, 60, 80],
  } as unknown as ResponseLayout;
  const fault: StreamFault = { effect: { kind: 'hold', ms }, event: 2, inject: () => undefined };
  expect(stage(layout, fault)).toMatchObject({ dueMs: expected, ending: 'complete' });
});
