import { describe, expect, it } from 'vitest';
import { createHttpTransport } from '../../src/transport/http/http.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { httpServerForTest } from '../support/servers.ts';
import { sendAll, webSocketForTest } from '../support/web-socket.ts';

const account = { stagesUs: { admit: 1000, decode: 2500 }, tokensProcessed: 7 };
const timing = {
  type: 'responsesapi.websocket_timing',
  stages_ms: { admit: 1, decode: 2.5 },
  tokens_processed: 7,
};
const stream = answer.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

describe("a server's own account", () => {
  it.each<[why: string, headers: Record<string, string | string[]>, expected: unknown]>([
    [
      'in one header',
      { 'server-timing': 'admit;dur=1, decode;dur=2.5, tokens_processed;desc="7"' },
      account,
    ],
    [
      'in several',
      { 'server-timing': ['admit;dur=1, decode;dur=2.5', 'tokens_processed;desc="7"'] },
      account,
    ],
    ['not at all', {}, undefined],
    ['in words that we do not know', { 'server-timing': 'total;dur=9, ";;,"' }, undefined],
  ])('is read %s over HTTP', async (_why, headers, expected) => {
    const server = await httpServerForTest((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).end(stream);
    });
    const transport = createHttpTransport(endpointAt(server.port), 'kept');
    const { events, marks, error } = await exchangeOnce(transport);
    await transport.close();
    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
    expect(marks.server).toEqual(expected);
  });

  it('is asked for over WebSocket, and read without becoming part of the answer', async () => {
    const { transport, upgrades } = await webSocketForTest((socket) => {
      sendAll(socket, [...answer.slice(0, -1), timing, ...answer.slice(-1)]);
    });
    const { events, marks } = await exchangeOnce(transport);
    expect(upgrades[0]?.headers['x-responsesapi-include-timing-metrics']).toBe('true');
    expect(events).toEqual(answer);
    expect(marks.server).toEqual(account);
    expect(marks.gapsUs).toHaveLength(1);
  });

  it('is nothing where a WebSocket server does not know the question', async () => {
    const { transport } = await webSocketForTest((socket) => {
      sendAll(socket, answer);
    });
    const { events, marks } = await exchangeOnce(transport);
    expect(events).toEqual(answer);
    expect(marks.server).toBeUndefined();
  });

  it('that comes too late is no part of the next answer, nor its first byte', async () => {
    let calls = 0;
    const { transport } = await webSocketForTest((socket) => {
      const isFirst = ++calls === 1;
      if (!isFirst) sendAll(socket, [timing]);
      setTimeout(() => {
        sendAll(socket, answer);
      }, 10);
    });
    await exchangeOnce(transport);
    const { events, marks } = await exchangeOnce(transport);
    expect(events).toEqual(answer);
    expect(marks.server).toBeUndefined();
    expect(marks.firstByteUs).toBe(marks.firstEventUs);
  });
});
