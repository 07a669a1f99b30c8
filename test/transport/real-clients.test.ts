import type { Socket } from 'node:net';
import { OpenAI } from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Oddity } from '../../src/measure/marks.ts';
import type { StreamEvent } from '../../src/protocol/events.ts';
import { createTransport } from '../../src/transport/index.ts';
import { bentServerForTest, send, sendGzip, streamOf } from '../support/bent-server.ts';
import { endpointAt, exchangeOnce } from '../support/exchange.ts';

const answer: readonly StreamEvent[] = [
  { type: 'response.created', response: { id: 'resp_1' } },
  { type: 'response.output_text.delta', delta: 'Grüße 🌍' },
  { type: 'response.completed', response: { id: 'resp_1', output: [], usage: null } },
];
const plain = streamOf(answer);
const noType = { headers: [] as string[] };
const typed = (type: string) => ({ headers: [`content-type: ${type}`] });
const beating = (beat: string) => (socket: Socket) => {
  send(socket, streamOf(answer, beat));
};

/** What the SDK does; Codex overlooks what it can't parse, and curl what it needn't know. */
type Sdk = 'completes' | 'fails';

const bends: [
  how: string,
  bend: (socket: Socket) => void,
  counted: Oddity | undefined,
  sdk: Sdk,
][] = [
  [
    'as it should',
    (socket) => {
      send(socket, plain);
    },
    undefined,
    'completes',
  ],

  [
    'without a content type',
    (socket) => {
      send(socket, plain, noType);
    },
    'content_type',
    'completes',
  ],
  [
    'as JSON',
    (socket) => {
      send(socket, plain, typed('application/json'));
    },
    'content_type',
    'completes',
  ],
  [
    'as text',
    (socket) => {
      send(socket, plain, typed('text/plain; charset=utf-8'));
    },
    'content_type',
    'completes',
  ],
  [
    'as bytes',
    (socket) => {
      send(socket, plain, typed('application/octet-stream'));
    },
    'content_type',
    'completes',
  ],
  [
    'with 201',
    (socket) => {
      send(socket, plain, { status: '201 Created' });
    },
    undefined,
    'completes',
  ],

  ['with comments', beating(': ping\n\n'), undefined, 'completes'],
  ['with events without data', beating('event: keepalive\n\n'), undefined, 'fails'],
  ['with typed heartbeats', beating('data: {"type":"keepalive"}\n\n'), undefined, 'completes'],
  ['with empty objects', beating('event: keepalive\ndata: {}\n\n'), 'no_event', 'completes'],
  [
    'with objects of another kind',
    beating('event: tool\ndata: {"tool":"x"}\n\n'),
    'no_event',
    'completes',
  ],
  ['with numbers', beating('event: ping\ndata: 1767225600\n\n'), 'no_event', 'completes'],
  ['with empty data', beating('data:\n\n'), 'no_event', 'fails'],
  ['with words', beating('event: heartbeat\ndata: heartbeat\n\n'), 'no_event', 'fails'],

  [
    'after 100 Continue',
    (socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      send(socket, plain);
    },
    undefined,
    'fails',
  ],
  [
    'after 103 Early Hints',
    (socket) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
      send(socket, plain);
    },
    undefined,
    'completes',
  ],
  [
    'with CR line ends',
    (socket) => {
      send(socket, plain.replaceAll('\n', '\r'));
    },
    undefined,
    'completes',
  ],
  [
    'with a byte order mark',
    (socket) => {
      send(socket, `\uFEFF${plain}`);
    },
    undefined,
    'completes',
  ],
  [
    'without the last blank line',
    (socket) => {
      send(socket, plain.slice(0, -1));
    },
    undefined,
    'completes',
  ],
  [
    'without the last line end',
    (socket) => {
      send(socket, plain.slice(0, -2));
    },
    undefined,
    'completes',
  ],
  [
    'compressed',
    (socket) => {
      sendGzip(socket, plain);
    },
    'content_encoding',
    'completes',
  ],
];

describe.each(bends)('an answer over HTTP that comes %s', (_how, bend, counted, sdk) => {
  it('is read, counted and asked for once', async () => {
    const server = await bentServerForTest(bend);
    const transport = createTransport('http-keepalive', endpointAt(server.port));
    onTestFinished(() => transport.close());
    for (const time of [1, 2]) {
      const { events, error, marks } = await exchangeOnce(transport);
      expect(error).toBeUndefined();
      expect(events.filter(({ type }) => type.startsWith('response.'))).toEqual(answer);
      expect(Object.keys(marks.overlooked ?? {})).toEqual(counted === undefined ? [] : [counted]);
      expect(server.asked).toBe(time);
    }
    expect(transport.connections).toHaveLength(1);
  });

  it(`is one that the openai package ${sdk === 'fails' ? 'breaks off at' : 'completes'}`, async () => {
    const { port } = await bentServerForTest(bend);
    const ended = await endOverHttp(clientAt(port)).catch(() => 'fails');
    expect(ended).toBe(sdk);
  });
});

describe('an answer that stays open after its last event', () => {
  it.each([
    ['in silence', ''],
    ['with comments', ': ka\n\n'],
  ])(
    '%s: the next goes over a fresh connection, for us and for the openai package',
    async (_how, tail) => {
      const server = await bentServerForTest((socket) => {
        send(socket, plain, { open: true });
        if (tail === '') return;
        const timer = setInterval(() => {
          socket.write(`${tail.length.toString(16)}\r\n${tail}\r\n`);
        }, 50);
        socket.once('close', () => {
          clearInterval(timer);
        });
      });
      const transport = createTransport('http-keepalive', endpointAt(server.port));
      const first = await exchangeOnce(transport);
      const second = await exchangeOnce(transport);
      expect([first.error, second.error]).toEqual([undefined, undefined]);
      expect(first.marks.overlooked).toEqual({ no_end: 1 });
      expect(transport.connections).toHaveLength(2);
      expect(server.accepted).toBe(2);
      await transport.close();
      // What the session's end cuts off is not waited for.
      expect(second.marks.overlooked).toBeUndefined();

      const client = clientAt(server.port);
      expect(await endOverHttp(client)).toBe('completes');
      expect(await endOverHttp(client)).toBe('completes');
      // Its pool opens more when it likes to.
      expect(server.accepted).toBeGreaterThan(3);
    },
  );

  it('but not for long keeps its connection', async () => {
    const server = await bentServerForTest((socket) => {
      send(socket, plain, { open: true });
      setTimeout(() => socket.write('0\r\n\r\n'), 100);
    });
    const transport = createTransport('http-keepalive', endpointAt(server.port));
    onTestFinished(() => transport.close());
    const { marks } = await exchangeOnce(transport);
    expect((await exchangeOnce(transport)).error).toBeUndefined();
    expect(marks.overlooked).toBeUndefined();
    expect(server.accepted).toBe(1);
  });
});

const eachThen = (frame: string | Buffer) => (socket: WebSocket) => {
  for (const event of answer) {
    socket.send(JSON.stringify(event));
    socket.send(frame);
  }
};

describe.each<
  [how: string, send: (socket: WebSocket) => void, counted: object | undefined, sdk: Sdk | 'waits']
>([
  [
    'as it should',
    (socket) => {
      for (const event of answer) socket.send(JSON.stringify(event));
    },
    undefined,
    'completes',
  ],
  ['with words', eachThen('ping'), { no_event: 3 }, 'completes'],
  ['with typed heartbeats', eachThen('{"type":"ping"}'), undefined, 'completes'],
  ['with empty objects', eachThen('{}'), { no_event: 3 }, 'completes'],
  ['with end marks of SSE', eachThen('[DONE]'), { no_event: 3 }, 'completes'],
  [
    'with bytes between',
    eachThen(Buffer.from([0, 1, 2])),
    { no_event: 3, binary_frame: 3 },
    'completes',
  ],
  // The Python package reads these.
  [
    'in binary frames',
    (socket) => {
      for (const event of answer) socket.send(Buffer.from(JSON.stringify(event)));
    },
    { binary_frame: 3 },
    'waits',
  ],
])('an answer over WebSocket that comes %s', (_how, sendAnswer, counted, sdk) => {
  it('is read, counted, and outlived by its connection', async () => {
    const { port, upgrades } = await webSocketServer(sendAnswer);
    const transport = createTransport('ws', endpointAt(port));
    onTestFinished(() => transport.close());
    for (let time = 0; time < 2; time++) {
      const { events, error, marks } = await exchangeOnce(transport);
      expect(error).toBeUndefined();
      expect(events.filter(({ type }) => type.startsWith('response.'))).toEqual(answer);
      await expect.poll(() => marks.overlooked).toEqual(counted);
    }
    expect(upgrades()).toBe(1);
  });

  it(`is one that the openai package ${sdk === 'waits' ? 'waits for' : 'completes'}`, async () => {
    const { port } = await webSocketServer(sendAnswer);
    expect(await endOverWebSocket(clientAt(port), sdk === 'waits')).toBe(sdk);
  });
});

it('a greeting in words, before any request, is overlooked', async () => {
  const { port, upgrades } = await webSocketServer(
    (socket) => {
      for (const event of answer) socket.send(JSON.stringify(event));
    },
    (socket) => {
      socket.send('hello');
    },
  );
  const transport = createTransport('ws', endpointAt(port));
  onTestFinished(() => transport.close());
  expect((await exchangeOnce(transport)).error).toBeUndefined();
  expect((await exchangeOnce(transport)).error).toBeUndefined();
  expect(upgrades()).toBe(1);
});

function clientAt(port: number): OpenAI {
  return new OpenAI({
    apiKey: 'none',
    baseURL: `http://127.0.0.1:${String(port)}/v1`,
    maxRetries: 0,
    logLevel: 'off',
  });
}

async function endOverHttp(client: OpenAI): Promise<Sdk> {
  const stream = await client.responses.create({ model: 'm', input: 'hi', stream: true });
  for await (const event of stream) if (event.type === 'response.completed') return 'completes';
  return 'fails';
}

/** Errors that the package reports of single messages don't end its connection. */
async function endOverWebSocket(client: OpenAI, isSilent: boolean): Promise<Sdk | 'waits'> {
  const socket = new ResponsesWS(client);
  onTestFinished(() => {
    socket.close();
  });
  const heard = new Promise<'completes' | 'waits'>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('event', (event) => {
      if (event.type === 'response.completed') resolve('completes');
    });
    // Its last frame.
    let raw = 0;
    socket.on('raw', () => {
      if (isSilent && ++raw === answer.length) resolve('waits');
    });
  });
  socket.send({ type: 'response.create', model: 'm', input: 'hi' });
  return heard;
}

async function webSocketServer(
  onRequest: (socket: WebSocket) => void,
  onOpen: (socket: WebSocket) => void = () => undefined,
): Promise<{ port: number; upgrades: () => number }> {
  let upgrades = 0;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => {
    upgrades++;
    onOpen(socket);
    socket.on('message', () => {
      onRequest(socket);
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    upgrades: () => upgrades,
  };
}
