import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseFaults } from '../../src/mock/fault/spec.ts';
import { connect, startTestMock } from './mock-server.ts';

/** Longer than a busy machine pauses in the middle of an answer. */
const IDLE_MS = 600;
const faultsOf = (spec: string) => ({ fault: { rules: parseFaults(spec, '--fault'), seed: 1 } });
const create = { model: 'greeter', input: 'hi' };

/** Long enough for an answer without any delay, were there one. */
const SILENCE_MS = 250;

const isSilent = (answer: Promise<unknown>): Promise<boolean> =>
  Promise.race([answer.then(() => false), sleep(SILENCE_MS, true)]);

/** Posts over the agent's one kept connection. */
function keptHttp(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
  });
  const post = async (): Promise<number | undefined> => {
    const call = request(`${url}/responses`, { method: 'POST', agent });
    call.on('error', () => undefined);
    call.end(JSON.stringify(create));
    const [response] = (await once(call, 'response')) as [{ statusCode?: number; resume(): void }];
    response.resume();
    await once(call, 'close');
    return response.statusCode;
  };
  const sockets = (): Socket[] =>
    Object.values(agent.sockets)
      .flat()
      .filter((socket) => socket !== undefined);
  return { post, sockets };
}

/** What the mock says that it did wrong. */
async function injected(url: string): Promise<unknown> {
  return (await fetch(new URL('/debug/faults', url))).json();
}

describe('half-open', () => {
  it('answers no more over an HTTP connection that lay idle, and neither ends nor resets it', async () => {
    const { url } = await startTestMock(faultsOf(`half-open:${IDLE_MS}ms`));
    const { post, sockets } = keptHttp(url);
    expect(await post()).toBe(200);
    expect(await post()).toBe(200);
    await sleep(IDLE_MS + 50);
    expect(await injected(url)).toEqual({ total: 0, faults: [] });
    expect(await isSilent(post())).toBe(true);
    expect(await injected(url)).toMatchObject({
      total: 1,
      faults: [{ kind: 'half-open', transport: 'http' }],
    });
    expect(sockets().map(({ destroyed, readableEnded }) => destroyed || readableEnded)).toEqual([
      false,
    ]);
    expect(
      (await fetch(`${url}/responses`, { method: 'POST', body: JSON.stringify(create) })).status,
    ).toBe(200);
  });

  it('takes pings of a WebSocket that lay idle, and gives no pong and no answer', async () => {
    const { url } = await startTestMock(faultsOf(`half-open:${IDLE_MS}ms`));
    const { socket, create: ask } = await connect(url);
    expect((await ask(create)).at(-1)).toMatchObject({ type: 'response.completed' });
    await sleep(IDLE_MS + 50);
    socket.ping();
    expect(await isSilent(once(socket, 'pong'))).toBe(true);
    expect(await isSilent(ask(create))).toBe(true);
    expect(socket.readyState).toBe(socket.OPEN);
  });

  it('spares a WebSocket that is pinged more often', async () => {
    const { url } = await startTestMock(faultsOf('half-open:3s'));
    const { socket, create: ask } = await connect(url);
    for (let pings = 0; pings < 8; pings++) {
      await sleep(500);
      socket.ping();
      await once(socket, 'pong');
    }
    expect((await ask(create)).at(-1)).toMatchObject({ type: 'response.completed' });
  });

  it('is decided connection by connection, and for one transport where told', async () => {
    const { url } = await startTestMock(faultsOf(`half-open:${IDLE_MS}ms@call2@http`));
    const [spared, struck] = [keptHttp(url), keptHttp(url)];
    const ws = await connect(url);
    await spared.post();
    await struck.post();
    await sleep(IDLE_MS + 50);
    expect(await spared.post()).toBe(200);
    expect(await isSilent(struck.post())).toBe(true);
    expect((await ws.create(create)).at(-1)).toMatchObject({ type: 'response.completed' });
  });

  it('leaves whoever asks only how the server is alone', async () => {
    const { url } = await startTestMock(faultsOf(`half-open:${IDLE_MS}ms`));
    const { port } = new URL(url);
    const socket = connectTcp(Number(port), '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    for (let asked = 0; asked < 2; asked++) {
      socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
      expect(String(await once(socket, 'data'))).toContain('200 OK');
      await sleep(IDLE_MS + 50);
    }
  });

  it('lets other faults end connections as they do without it', async () => {
    const { url } = await startTestMock(faultsOf('half-open:1m,reset@http,close:1013@ws'));
    const { port } = new URL(url);
    const socket = connectTcp(Number(port), '127.0.0.1');
    const body = JSON.stringify(create);
    socket.write(
      `POST /v1/responses HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
    const client = await connect(url);
    client.send({ type: 'response.create', ...create });
    expect((await once(client.socket, 'close'))[0]).toBe(1013);
  });
});
