import { serverTiming, timingEvent } from '../mock/answer/timing-report.ts';
import type { Timing } from '../mock/latency/engine.ts';
import type { ConnectorName } from '../transport/connectors.ts';
import type { Create } from './traffic.ts';

/** The bytes that a way to connect puts round what is said; TLS comes on top. */
export interface Framing {
  request(jsonBytes: number): number;
  /** What goes before the first event of an answer. */
  begin(answer: Create, timing: Timing): number;
  event(event: Create['events'][number]): number;
  /** What goes together with the last event. */
  last(answer: Create, timing: Timing): number;
  /** What ends an answer once the server is done with it. */
  endBytes: number;
  /** An answer that is one JSON text, head and all. */
  whole(jsonBytes: number): number;
}

/** Heads as the client and the bundled server write them, without the figures in them. */
const HEADS = {
  http1: { request: 194, answer: 288 },
  http2: { request: 52, answer: 15 },
};
/** How the bundled server names itself, in its heads and with its times. */
const IDENTITY = 'version=0.1.0; profile=fast; seed=1';
/** What is left of a header's text by the code of HPACK. */
const HUFFMAN = 0.75;
/** `data: [DONE]` and its blank line. */
const DONE_BYTES = 14;
/** A chunk of no length ends a body. */
const LAST_CHUNK_BYTES = 5;

const http1: Framing = {
  request: (jsonBytes) => HEADS.http1.request + String(jsonBytes).length + jsonBytes,
  begin: ({ layout }, timing) => HEADS.http1.answer + serverTiming({ ...layout, timing }).length,
  event: (event) => chunk(sse(event)),
  last: () => 0,
  endBytes: chunk(DONE_BYTES) + LAST_CHUNK_BYTES,
  whole: (jsonBytes) => HEADS.http1.answer + jsonBytes,
};

const http2: Framing = {
  request: (jsonBytes) => HEADS.http2.request + data(jsonBytes),
  begin: ({ layout }, timing) =>
    HEADS.http2.answer + Math.round(HUFFMAN * serverTiming({ ...layout, timing }).length),
  event: (event) => data(sse(event)),
  last: () => 0,
  endBytes: data(DONE_BYTES) + data(0),
  whole: (jsonBytes) => HEADS.http2.answer + data(jsonBytes),
};

const webSocket: Framing = {
  // A client masks what it sends.
  request: (jsonBytes) => frame(jsonBytes) + 4,
  begin: () => 0,
  event: ({ bytes }) => frame(bytes),
  last: ({ layout }, timing) => frame(timingEvent({ ...layout, timing }, IDENTITY).length),
  endBytes: 0,
  whole: frame,
};

/** The framing of every way to connect. */
export const framings: Readonly<Record<ConnectorName, Framing>> = {
  'per-call': http1,
  kept: http1,
  pooled: http1,
  http2,
  websocket: webSocket,
};

/** An event with its name, as `event: …`, `data: …` and a blank line. */
function sse({ type, bytes }: Create['events'][number]): number {
  return 'event: \ndata: \n\n'.length + type.length + bytes;
}

/** A chunk of HTTP/1.1, after its length in hexadecimal. */
function chunk(bytes: number): number {
  return bytes.toString(16).length + 4 + bytes;
}

/** DATA frames of HTTP/2. */
function data(bytes: number): number {
  return bytes + 9 * Math.max(1, Math.ceil(bytes / 16_384));
}

/** A frame of RFC 6455. */
function frame(bytes: number): number {
  return bytes + (bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10);
}
