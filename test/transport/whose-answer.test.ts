import { expect, it, onTestFinished } from 'vitest';
import { isOfAnswer } from '../../src/protocol/reading.ts';
import { MAX_ANSWER_BYTES } from '../../src/transport/answer-limit.ts';
import { EndpointFailure } from '../../src/transport/failure.ts';
import { createTransport } from '../../src/transport/index.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { httpServerForTest, sendStream } from '../support/servers.ts';
import { webSocketForTest } from '../support/web-socket.ts';

function life(id: string): object[] {
  return answer.map((event) => ('response' in event ? { ...event, response: { id } } : event));
}

function httpForTest(port: number): Transport {
  const transport = createTransport('http-keepalive', endpointAt(port));
  onTestFinished(() => transport.close());
  return transport;
}

it('a second life cycle with nobody waiting ends the socket: it never answers the next request', async () => {
  let calls = 0;
  const { transport } = await webSocketForTest((socket) => {
    calls++;
    for (const event of life(`resp_${calls}`)) socket.send(JSON.stringify(event));
    if (calls > 1) return;
    setTimeout(() => {
      for (const event of life('resp_again')) socket.send(JSON.stringify(event));
    }, 5);
  });
  const first = await exchangeOnce(transport);
  await expect.poll(() => transport.sessionEnd()).toBe('stray_answer');
  expect(first.marks.strayEvents).toBeGreaterThan(0);
  expect(transport.holdsSession()).toBe(false);
  const { events } = await exchangeOnce(transport);
  expect(events.at(-1)).toMatchObject({ response: { id: 'resp_2' } });
  expect(transport.connections).toHaveLength(2);
});

it('events that name another response are counted and dropped, its end too', async () => {
  const other = { type: 'response.completed', response: { id: 'other', output: [] } };
  const { transport } = await webSocketForTest((socket) => {
    const [created, ...rest] = life('resp_1');
    for (const event of [created, other, ...rest]) socket.send(JSON.stringify(event));
  });
  const { events, marks } = await exchangeOnce(transport);
  expect(events.at(-1)).toMatchObject({ response: { id: 'resp_1' } });
  expect(marks.strayEvents).toBe(1);
});

it('a late event of the answer before is dropped, and the socket stays', async () => {
  let calls = 0;
  const { transport } = await webSocketForTest((socket) => {
    calls++;
    if (calls === 2) {
      const late = { type: 'response.failed', response: { id: 'resp_1', error: null } };
      socket.send(JSON.stringify(late));
    }
    for (const event of life(`resp_${calls}`)) socket.send(JSON.stringify(event));
  });
  await exchangeOnce(transport);
  expect(await exchangeOnce(transport)).toMatchObject({
    error: undefined,
    marks: { strayEvents: 1 },
  });
  expect(transport.connections).toHaveLength(1);
});

it('an answer that goes on from where the one before ours did is not ours; ids that nobody knows say nothing', async () => {
  let calls = 0;
  const { transport } = await webSocketForTest((socket) => {
    calls++;
    const [created, ...rest] = life(`resp_${calls}`);
    const stray = life('resp_again').map((event, index) =>
      index === 0
        ? { ...event, response: { id: 'resp_again', previous_response_id: 'resp_1' } }
        : event,
    );
    // A gateway that makes up ids of its own repeats another's.
    const own = { ...created, response: { id: `resp_${calls}`, previous_response_id: 'upstream' } };
    for (const event of [...(calls === 3 ? stray : []), own, ...rest]) {
      socket.send(JSON.stringify(event));
    }
  });
  await exchangeOnce(transport);
  expect((await exchangeOnce(transport, undefined, 'resp_1')).marks.strayEvents).toBe(0);
  const { events, marks } = await exchangeOnce(transport, undefined, 'resp_2');
  expect(events.at(-1)).toMatchObject({ response: { id: 'resp_3' } });
  expect(marks.strayEvents).toBe(answer.filter(isOfAnswer).length);
});

it('late events that name nobody are the last answer’s, and the socket stays', async () => {
  let calls = 0;
  const { transport } = await webSocketForTest((socket) => {
    calls++;
    for (const event of life(`resp_${calls}`)) socket.send(JSON.stringify(event));
    const late = { type: 'response.output_text.delta', delta: 'more' };
    setTimeout(() => {
      socket.send(JSON.stringify(late));
    }, 5);
  });
  const { marks } = await exchangeOnce(transport);
  await expect.poll(() => marks.strayEvents).toBe(1);
  expect((await exchangeOnce(transport)).events.at(-1)).toMatchObject({
    response: { id: 'resp_2' },
  });
  expect(transport.connections).toHaveLength(1);
});

it('a timing event that names another response says nothing of this one', async () => {
  const timing = (response_id: string, decode: number): object => ({
    type: 'responsesapi.websocket_timing',
    response_id,
    stages_ms: { decode },
  });
  const { transport } = await webSocketForTest((socket) => {
    const [created, ...rest] = life('resp_1');
    for (const event of [created, timing('resp_1', 3), timing('other', 9), ...rest]) {
      socket.send(JSON.stringify(event));
    }
  });
  expect((await exchangeOnce(transport)).marks.server).toEqual({ stagesUs: { decode: 3000 } });
});

it.each(['keepalive', 'codex.rate_limits', 'response.ping'])(
  '%s is not the first event of an answer, over whichever transport',
  async (type) => {
    const stranger = JSON.stringify({ type });
    const events = life('resp_1').map((event) => JSON.stringify(event));
    let strangerSentUs = NaN;
    const pauseMs = 30;
    const { transport } = await webSocketForTest((socket) => {
      socket.send(stranger);
      strangerSentUs = performance.now() * 1000;
      setTimeout(() => {
        for (const event of events) socket.send(event);
      }, pauseMs);
    });
    const { port } = await httpServerForTest((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${stranger}\n\n`);
      strangerSentUs = performance.now() * 1000;
      setTimeout(() => {
        response.end(events.map((event) => `data: ${event}\n\n`).join(''));
      }, pauseMs);
    });
    for (const each of [transport, httpForTest(port)]) {
      const { marks, error } = await exchangeOnce(each);
      expect(error).toBeUndefined();
      // Timers may fire a millisecond early.
      expect(marks.firstEventUs - strangerSentUs).toBeGreaterThan((pauseMs - 2) * 1000);
    }
  },
);

it.each(['a line', 'a comment', 'events'])(
  'an answer of %s without end is a failure at a stated bound',
  async (what) => {
    const delta = 'data: {"type":"response.output_text.delta","delta":"xxxxxxxxxxxx"}\n\n';
    const piece = Buffer.from(what === 'events' ? delta.repeat(10_000) : 'a'.repeat(1 << 20));
    const { port } = await httpServerForTest((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (what !== 'events') response.write(what === 'a line' ? 'data: ' : ':');
      const pump = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', pump);
      pump();
    });
    const { error, marks } = await exchangeOnce(httpForTest(port));
    expect(error).toMatchObject({ kind: 'protocol', code: 'too_long' });
    expect(String(error)).toContain(String(MAX_ANSWER_BYTES));
    expect(marks.terminalUs).toBeNaN();
  },
  20_000,
);

it('a WebSocket message beyond the bound is the same failure', async () => {
  const { transport } = await webSocketForTest((socket) => {
    socket.send(Buffer.alloc(MAX_ANSWER_BYTES + 1, 'a').toString());
  });
  expect((await exchangeOnce(transport)).error).toMatchObject({
    kind: 'protocol',
    code: 'too_long',
  });
});

it.each(['http-keepalive', 'ws'] as const)(
  'a request over %s that never left carries nothing',
  async (name) => {
    const { port } = await httpServerForTest(() => undefined);
    const controller = new AbortController();
    controller.abort(new EndpointFailure('timeout', 'called off'));
    const transport = createTransport(name, endpointAt(port));
    onTestFinished(() => transport.close());
    const { marks } = await exchangeOnce(transport, controller.signal);
    expect(marks.payloadBytesSent).toBe(0);
    expect(marks.writeStartUs).toBeNaN();
  },
);

it('a request that only waited for the answer before it says so', async () => {
  const { port } = await httpServerForTest((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of answer) response.write(`data: ${JSON.stringify(event)}\n\n`);
  });
  const transport = httpForTest(port);
  expect((await exchangeOnce(transport)).error).toBeUndefined();
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(new EndpointFailure('timeout', 'no complete answer'));
  }, 20);
  const { error, marks } = await exchangeOnce(transport, controller.signal);
  expect(error).toMatchObject({ kind: 'timeout', code: 'previous_answer' });
  expect(marks.payloadBytesSent).toBe(0);
  expect(marks.queuedUs).toBeGreaterThan(0);
});

it('what follows the end of a stream is counted, but its end mark', async () => {
  const { port } = await httpServerForTest((_request, response) => {
    const cycle = answer.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    sendStream(response, `${cycle}data: [DONE]\n\n${cycle}`);
  });
  const { events, marks } = await exchangeOnce(httpForTest(port));
  expect(events).toEqual(answer);
  // A keep-alive is nobody's.
  const strays = answer.filter(({ type }) => type.startsWith('response.'));
  await expect.poll(() => marks.strayEvents).toBe(strays.length);
});
