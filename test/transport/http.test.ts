import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateCertificate } from '../../src/listen/certificate.ts';
import type { StreamEvent } from '../../src/protocol/events.ts';
import type { FailureKind } from '../../src/transport/failure.ts';
import { createHttpTransport } from '../../src/transport/http/http.ts';
import { createTransport } from '../../src/transport/index.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { httpServerForTest, sendStream, tcpServerForTest } from '../support/servers.ts';

function httpForTest(port: number, policy: 'per-call' | 'kept' = 'per-call'): Transport {
  const transport = createHttpTransport(endpointAt(port), policy);
  onTestFinished(() => transport.close());
  return transport;
}

/** The ways in which a server may write an event that the standard allows. */
const framings: Readonly<Record<string, (event: StreamEvent) => string>> = {
  'as the API does': (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  'without event names': (event) => `data: ${JSON.stringify(event)}\n\n`,
  'with CRLF': (event) => `event: ${event.type}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`,
  'without the space': (event) => `data:${JSON.stringify(event)}\n\n`,
  'over several lines': (event) =>
    `${JSON.stringify(event, null, 1)
      .split('\n')
      .map((line) => `data: ${line}\n`)
      .join('')}\n`,
  'with comments, ids and retries': (event) =>
    `: ping\nid: 7\nretry: 100\ndata: ${JSON.stringify(event)}\n\n: pong\n\n`,
};

describe('an event stream over HTTP', () => {
  it.each(Object.entries(framings))('%s is read whole, wherever it is cut', async (_way, frame) => {
    const bytes = Buffer.from(answer.map(frame).join(''));
    let cuts: number[] = [];
    const { port } = await httpServerForTest((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      const edges = [0, ...cuts, bytes.length];
      // Each piece is a chunk of its own, and so reaches the reader on its own.
      edges.slice(1).forEach((end, index) => response.write(bytes.subarray(edges[index], end)));
      response.end();
    });
    const transport = httpForTest(port, 'kept');
    const someCuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(someCuts, async (given) => {
        cuts = given.toSorted((a, b) => a - b);
        const { events, error } = await exchangeOnce(transport);
        expect(error).toBeUndefined();
        expect(events).toEqual(answer);
      }),
      { numRuns: 25 },
    );
  });

  it('is known by its media type, in whatever case (RFC 9110, section 8.3.1)', async () => {
    const { port } = await httpServerForTest((_request, response) => {
      response.writeHead(200, { 'content-type': 'Text/Event-Stream; charset=UTF-8' });
      response.end(streamOf(answer));
    });
    const { events, error } = await exchangeOnce(httpForTest(port));
    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
  });

  it('is over with its terminal event: what follows changes nothing', async () => {
    const { port } = await httpServerForTest((_request, response) => {
      const late = { type: 'response.failed', response: { error: { code: 'late' } } };
      sendStream(response, `${streamOf([...answer, late])}data: [DONE]\n\ndata: {broken\n\n`);
    });
    expect(await exchangeOnce(httpForTest(port))).toMatchObject({
      events: answer,
      error: undefined,
    });
  });

  it('needs a terminal event, even if [DONE] comes', async () => {
    const { port } = await httpServerForTest((_request, response) => {
      sendStream(response, `${streamOf(answer.slice(0, -1))}data: [DONE]\n\n`);
    });
    const { events, error } = await exchangeOnce(httpForTest(port));
    expect(events).toEqual(answer.slice(0, -1));
    expect(error).toMatchObject({ name: 'EndpointFailure', kind: 'closed' });
  });

  it('marks its points in their order', async () => {
    const { port } = await httpServerForTest((_request, response) => {
      sendStream(response, streamOf(answer));
    });
    const { marks } = await exchangeOnce(httpForTest(port));
    const points = [
      marks.startUs,
      marks.writeStartUs,
      marks.firstByteUs,
      marks.firstEventUs,
      marks.firstDeltaUs,
      marks.lastDeltaUs,
      marks.terminalUs,
    ];
    expect(points.some(Number.isNaN)).toBe(false);
    expect(points).toEqual(points.toSorted((a, b) => a - b));
    expect(marks.writeEndUs).toBeGreaterThanOrEqual(marks.writeStartUs);
    expect(marks.gapsUs).toHaveLength(1);
  });
});

describe('an HTTP endpoint that fails', () => {
  const errorBody = JSON.stringify({ error: { code: 'slow_down', message: 'too fast' } });

  it.each<[why: string, status: number, type: string, body: string, expected: object]>([
    [
      'an error body',
      429,
      'application/json',
      errorBody,
      { kind: 'http_status', status: 429, code: 'slow_down', message: 'too fast' },
    ],
    [
      'an error without a body',
      503,
      'text/html',
      '<h1>down</h1>',
      { kind: 'http_status', status: 503, code: undefined },
    ],
    ['a page', 200, 'text/html', '<h1>hi</h1>', { kind: 'not_responses', status: 200 }],
    ['JSON, not a stream', 200, 'application/json', '{}', { kind: 'not_responses', status: 200 }],
    ['nothing', 204, 'text/event-stream', '', { kind: 'not_responses', status: 204 }],
    ['nothing but a heartbeat', 200, 'text/event-stream', 'data: {}\n\n', { kind: 'closed' }],
    ['a text', 200, 'text/plain', 'It works!', { kind: 'not_responses', status: 200 }],
    ['an event that is no JSON', 200, 'text/event-stream', 'data: {"\n\n', { kind: 'protocol' }],
    [
      'a failed response',
      200,
      'text/event-stream',
      streamOf([{ type: 'response.failed', response: { error: { code: 'server_error' } } }]),
      { kind: 'api_error', code: 'server_error' },
    ],
    [
      'an incomplete response',
      200,
      'text/event-stream',
      streamOf([
        { type: 'response.incomplete', response: { incomplete_details: { reason: 'max' } } },
      ]),
      { kind: 'incomplete', code: 'max' },
    ],
  ])('with %s', async (_why, status, type, body, expected) => {
    const { port } = await httpServerForTest((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    const { error } = await exchangeOnce(httpForTest(port));
    expect(error).toMatchObject({ name: 'EndpointFailure', ...expected });
  });

  it.each<[how: string, bytes: string, kind: FailureKind]>([
    ['closes without a word', '', 'closed'],
    ['does not speak HTTP', '220 ready\r\n', 'protocol'],
    ['closes in the headers', 'HTTP/1.1 200 OK\r\ncontent-', 'closed'],
    [
      'closes in the stream',
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n`,
      'closed',
    ],
  ])('and %s', async (_how, bytes, kind) => {
    const server = await tcpServerForTest((socket) => {
      socket.once('data', () => socket.end(bytes));
    });
    const transport = httpForTest(server.port);
    const { error } = await exchangeOnce(transport);
    expect(error).toMatchObject({ name: 'EndpointFailure', kind });
    await transport.close();
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('connections', () => {
  it('are opened for every call, or kept; a kept one that the server closed is replaced', async () => {
    let closing = false;
    const server = await httpServerForTest((_request, response) => {
      if (closing) response.setHeader('connection', 'close');
      sendStream(response, streamOf(answer));
    });
    const perCall = httpForTest(server.port, 'per-call');
    for (let call = 0; call < 3; call++) await exchangeOnce(perCall);
    expect(perCall.connections).toHaveLength(3);
    const kept = httpForTest(server.port, 'kept');
    for (let call = 0; call < 3; call++) await exchangeOnce(kept);
    expect(kept.connections).toHaveLength(1);
    closing = true;
    await exchangeOnce(kept);
    expect((await exchangeOnce(kept)).events).toEqual(answer);
    expect(kept.connections).toHaveLength(2);
    expect(server.accepted).toBe(5);
  });
});

describe('a request that was written and got no answer', () => {
  it.each(['http', 'http-keepalive', 'http2'] as const)(
    'over %s is a failure, and is not sent again',
    async (name) => {
      const { port, ca, requests } = await silentAfterFirst(name === 'http2');
      const baseUrl = new URL(`https://localhost:${String(port)}/v1`);
      const transport = createTransport(name, { ...endpointAt(port), baseUrl, ca });
      onTestFinished(() => transport.close());
      expect((await exchangeOnce(transport)).events).toEqual(answer);
      const { events, error } = await exchangeOnce(transport);
      expect(events).toEqual([]);
      expect(error).toMatchObject({ name: 'EndpointFailure', kind: 'closed' });
      expect(requests()).toBe(2);
    },
  );

  it('is followed by one over a new connection', async () => {
    const { port, ca, requests } = await silentAfterFirst(false);
    const baseUrl = new URL(`https://localhost:${String(port)}/v1`);
    const transport = createTransport('http-keepalive', { ...endpointAt(port), baseUrl, ca });
    onTestFinished(() => transport.close());
    for (let call = 0; call < 2; call++) await exchangeOnce(transport);
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(transport.connections).toHaveLength(2);
    expect(requests()).toBe(3);
  });
});

describe('a kept connection with an answer that broke off', () => {
  it('is replaced: nobody waits for the rest', async () => {
    let calls = 0;
    const server = await httpServerForTest((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      // The first answer never ends.
      if (++calls === 1) response.write('data: {broken\n\n');
      else response.end(streamOf(answer));
    });
    const transport = httpForTest(server.port, 'kept');
    expect((await exchangeOnce(transport)).error).toMatchObject({ kind: 'protocol' });
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    await expect.poll(() => server.open).toBe(1);
  });
});

/** Answers every request but the second, at which it hangs up. */
async function silentAfterFirst(
  http2: boolean,
): Promise<{ port: number; ca: string; requests: () => number }> {
  const { cert, key } = await generateCertificate('localhost');
  let requests = 0;
  const onRequest = (
    incoming: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    const second = ++requests === 2;
    incoming.resume().on('end', () => {
      // Over HTTP/2 `socket` stands for the session and hides its `destroy`.
      if (!second) sendStream(response as ServerResponse, streamOf(answer));
      else if ('stream' in incoming) incoming.stream.session?.destroy();
      else incoming.socket.destroy();
    });
  };
  const server = http2
    ? createSecureServer({ cert, key }, onRequest)
    : createHttpsServer({ cert, key }, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, ca: cert, requests: () => requests };
}

function streamOf(events: readonly StreamEvent[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}
