import { describe, expect, it } from 'vitest';
import { runExchange } from '../../src/runner/step/exchange.ts';
import { limitStep } from '../../src/runner/step/limit.ts';
import { createTransport, type TransportName } from '../../src/transport/index.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { type StrangeServer, tcpServerForTest } from '../support/servers.ts';

const names: TransportName[] = ['http', 'http-keepalive', 'ws'];
const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';

/** Where the server falls silent. */
const silences: Readonly<Record<string, () => Promise<StrangeServer>>> = {
  'before it answers': () => tcpServerForTest((socket) => socket.resume()),
  'in the middle of a stream': () =>
    tcpServerForTest((socket) => {
      socket.once('data', () => {
        socket.write(`${streamHead}data: ${JSON.stringify(answer[0])}\n\n`);
      });
    }),
};

const cases = names.flatMap((name) => Object.keys(silences).map((where) => [name, where] as const));

describe.each(cases)('over %s, a server that falls silent %s', (name, where) => {
  it('is left at once when the signal aborts, and no connection stays', async () => {
    const server = await (silences[where] as () => Promise<StrangeServer>)();
    const transport = createTransport(name, endpointAt(server.port));
    const controller = new AbortController();
    const reason = new Error('enough');
    const exchanged = exchangeOnce(transport, controller.signal);
    await expect.poll(() => server.accepted).toBe(1);
    controller.abort(reason);
    // A refused upgrade is a failure of its own; the silent stream is one for a WebSocket client.
    const { error } = await exchanged;
    if (name !== 'ws' || where === 'before it answers') expect(error).toBe(reason);
    await transport.close();
    await expect.poll(() => server.open).toBe(0);
  });

  it('is a timeout after the time that a step has', async () => {
    const server = await (silences[where] as () => Promise<StrangeServer>)();
    const transport = createTransport(name, endpointAt(server.port));
    const limit = limitStep(200, new AbortController().signal);
    const request = { model: 'm', input: [] };
    const outcome = await runExchange(transport, request, limit, () => undefined);
    limit.release();
    const refused = name === 'ws' && where !== 'before it answers';
    expect(outcome).toMatchObject({
      state: 'failed',
      failure: { kind: refused ? 'upgrade_refused' : 'timeout' },
    });
    await transport.close();
    await expect.poll(() => server.open).toBe(0);
  });
});
