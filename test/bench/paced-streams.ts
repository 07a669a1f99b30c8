import { type EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { WebSocket } from 'ws';

/** Streams that a client reads, each with when its messages came in. */
export interface PacedStreams {
  /** How late messages came that arrived from a moment on, in ms, against the earliest of their own stream. */
  lateMs(fromMs: number, intervalMs: number): number[];
  /** How long after it was asked for the earliest message came, less its place in the schedule: never below 0 where none is early. */
  earliestMs(intervalMs: number): number;
  close(): void;
}

/** Messages that come at once, before the first of the paced ones. */
export const PREFIX_MESSAGES = 4;

/** Asks for so many streams, spread over `rampMs`; resolves once all have begun. */
export async function openStreams(
  transport: 'ws' | 'sse',
  url: string,
  count: number,
  rampMs: number,
): Promise<PacedStreams> {
  const startMs = performance.now();
  const streams = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      // Multiples of the golden ratio spread evenly, whatever the count: so do the streams within an interval.
      await until(startMs + ((index * 0.6180339887) % 1) * rampMs);
      return transport === 'ws' ? openWebSocket(url) : openSse(url);
    }),
  );
  return {
    lateMs: (fromMs, intervalMs) =>
      streams.flatMap(({ arrivedMs }) => latenessOf(arrivedMs, fromMs, intervalMs)),
    earliestMs(intervalMs) {
      return streams.reduce((earliest, { askedMs, arrivedMs }) => {
        return Math.min(earliest, ...arrivedMs.map((at, k) => at - askedMs - k * intervalMs));
      }, Infinity);
    },
    close() {
      for (const stream of streams) stream.close();
    },
  };
}

interface Stream {
  readonly askedMs: number;
  /** Of the paced messages. */
  readonly arrivedMs: readonly number[];
  close(): void;
}

const create = { model: 'pacing', input: 'go', stream: true, store: false };

async function openWebSocket(url: string): Promise<Stream> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/responses`);
  await once(socket, 'open');
  const arrivals = createArrivals();
  socket.on('message', () => {
    arrivals.add(1);
  });
  const askedMs = performance.now();
  socket.send(JSON.stringify({ type: 'response.create', ...create }));
  await Promise.race([arrivals.begun, failure(socket)]);
  return {
    askedMs,
    arrivedMs: arrivals.arrivedMs,
    close: () => {
      socket.terminate();
    },
  };
}

async function openSse(url: string): Promise<Stream> {
  const arrivals = createArrivals();
  const headers = { 'content-type': 'application/json' };
  const call = request(`${url}/responses`, { method: 'POST', agent: false, headers });
  const askedMs = performance.now();
  call.on('response', (response) => {
    let tail = '';
    response.on('error', () => undefined);
    response.setEncoding('latin1').on('data', (chunk: string) => {
      const text = tail + chunk;
      arrivals.add(text.split('\n\n').length - 1);
      tail = text.endsWith('\n') && !text.endsWith('\n\n') ? '\n' : '';
    });
  });
  call.end(JSON.stringify(create));
  await Promise.race([arrivals.begun, failure(call)]);
  return { askedMs, arrivedMs: arrivals.arrivedMs, close: () => call.destroy() };
}

/** A stream that ends before it began; later errors come of our own closing. */
async function failure(connection: EventEmitter): Promise<never> {
  connection.on('error', () => undefined);
  await once(connection, 'close');
  throw new Error('the server closed a stream before its first token');
}

function createArrivals() {
  const arrivedMs: number[] = [];
  let prefix = PREFIX_MESSAGES;
  let begin: () => void;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return {
    arrivedMs: arrivedMs as readonly number[],
    begun,
    add(messages: number): void {
      const nowMs = performance.now();
      for (let message = 0; message < messages; message++) {
        if (prefix > 0) prefix--;
        else if (arrivedMs.push(nowMs) === 1) begin();
      }
    },
  };
}

function latenessOf(arrivedMs: readonly number[], fromMs: number, intervalMs: number): number[] {
  const offsetsMs = arrivedMs.map((atMs, index) => atMs - index * intervalMs);
  const earliestMs = Math.min(...offsetsMs);
  return offsetsMs
    .filter((_, index) => (arrivedMs[index] ?? 0) >= fromMs)
    .map((offsetMs) => offsetMs - earliestMs);
}

function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - performance.now())));
}
