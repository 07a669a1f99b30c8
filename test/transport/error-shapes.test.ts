import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpTransport } from '../../src/transport/http/http.ts';
import { createWebSocketTransport } from '../../src/transport/ws/websocket.ts';
import { endpointAt, exchangeOnce } from '../support/exchange.ts';
import { httpServerForTest, tcpServerForTest } from '../support/servers.ts';
import { sendAll, webSocketForTest } from '../support/web-socket.ts';

const nested = { code: 'slow_down', message: 'too fast', type: 'rate_limit_error' };
const lost = { code: 'previous_response_not_found' };

describe('an error frame', () => {
  it.each<[shape: string, frame: object, expected: object]>([
    [
      'with the error inside, and a status',
      { status: 429, error: nested },
      { status: 429, code: 'slow_down', message: 'too fast' },
    ],
    [
      'with the older name of the status',
      { status_code: 503, error: nested },
      { status: 503, code: 'slow_down' },
    ],
    [
      'with all fields flat',
      { code: 'slow_down', message: 'too fast', param: null },
      { status: undefined, code: 'slow_down', message: 'too fast' },
    ],
    ['with all fields flat and no code', { message: 'oops' }, { code: undefined, message: 'oops' }],
    ['with no code but a type', { error: { type: 'server_error' } }, { code: 'server_error' }],
    [
      'with hints in the error',
      { status: 429, error: { ...nested, headers: { 'Retry-After': '2' } } },
      { retryAfterMs: 2000, retryable: undefined },
    ],
    [
      'with hints beside the error, one a number',
      { error: nested, headers: { 'retry-after-ms': 70, 'x-should-retry': 'false', odd: {} } },
      { retryAfterMs: 70, retryable: false },
    ],
    ['that says the parent is lost', { status: 400, error: lost }, lost],
    [
      'that says so without a code',
      {
        status: 400,
        error: { message: 'Invalid `previous_response_id`.', type: 'invalid_request_error' },
      },
      { ...lost, status: 400 },
    ],
    [
      'that says so without code, status and back quotes',
      { message: 'Invalid previous_response_id' },
      lost,
    ],
    [
      'that names the parent to say something else',
      {
        status: 400,
        error: { message: 'previous_response_id and conversation', type: 'invalid_request_error' },
      },
      { code: 'invalid_request_error' },
    ],
  ])('%s', async (_shape, frame, expected) => {
    const { transport } = await webSocketForTest((socket) => {
      sendAll(socket, [{ type: 'error', ...frame }]);
    });
    const { error } = await exchangeOnce(transport);
    expect(error).toMatchObject({ name: 'EndpointFailure', kind: 'api_error', ...expected });
  });
});

describe('an HTTP error', () => {
  it.each<[what: string, status: number, headers: Record<string, string>, body: string, object]>([
    [
      'keeps the hints of its headers',
      429,
      { 'retry-after-ms': '1500', 'x-should-retry': 'false' },
      JSON.stringify({ error: nested }),
      { status: 429, code: 'slow_down', retryAfterMs: 1500, retryable: false },
    ],
    [
      'keeps them without a body',
      503,
      { 'retry-after': '1', 'x-should-retry': 'true' },
      '',
      { status: 503, code: undefined, retryAfterMs: 1000, retryable: true },
    ],
    [
      'has the code of a lost parent even where it has none',
      400,
      {},
      JSON.stringify({ error: { message: 'Invalid `previous_response_id`.', code: null } }),
      { status: 400, ...lost },
    ],
  ])('%s', async (_what, status, headers, body, expected) => {
    const { port } = await httpServerForTest((_request, response) => {
      response.writeHead(status, headers).end(body);
    });
    const transport = createHttpTransport(endpointAt(port), 'per-call');
    onTestFinished(() => transport.close());
    const { error } = await exchangeOnce(transport);
    expect(error).toMatchObject({ kind: 'http_status', ...expected });
  });
});

describe('a refused upgrade', () => {
  it.each<[what: string, status: string, body: string, expected: object]>([
    [
      'keeps status and hints',
      '503 Service Unavailable',
      'down',
      { status: 503, code: undefined, retryAfterMs: 2000, retryable: undefined },
    ],
    [
      'keeps the code that tells a limit from an empty purse',
      '429 Too Many Requests',
      JSON.stringify({ error: { code: 'insufficient_quota', message: 'pay' } }),
      { status: 429, code: 'insufficient_quota', retryAfterMs: 2000 },
    ],
    [
      'needs no body to be one',
      '429 Too Many Requests',
      '',
      { status: 429, code: undefined, retryAfterMs: 2000 },
    ],
  ])('%s', async (_what, status, body, expected) => {
    const server = await tcpServerForTest((socket) => {
      socket.once('data', () => {
        const head = `HTTP/1.1 ${status}\r\nretry-after: 2\r\ncontent-length: ${String(body.length)}`;
        // Kept open: the refusal is over when its length is there.
        socket.write(`${head}\r\n\r\n${body}`);
      });
    });
    const transport = createWebSocketTransport(endpointAt(server.port));
    const { error } = await exchangeOnce(transport);
    expect(error).toMatchObject({ kind: 'upgrade_refused', ...expected });
    await transport.close();
    await expect.poll(() => server.open).toBe(0);
  });
});
