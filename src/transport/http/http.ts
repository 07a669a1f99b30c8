import { type ExchangeMarks, overlook } from '../../measure/marks.ts';
import type { Connection } from '../../network/dial.ts';
import type { WireItem } from '../../protocol/items.ts';
import { createEventQueue } from '../event-queue.ts';
import { defaultSessionLimits, type SessionLimits } from '../session-limits.ts';
import { dialTargetOf, requestPath } from '../target.ts';
import type { Endpoint, Transport } from '../transport.ts';
import { compactReader } from './compact-response.ts';
import { decodeAnswer } from './decode.ts';
import { openLine } from './http1-line.ts';
import { openHttp2Line } from './http2-line.ts';
import type { HttpLine, LinkTimes } from './line.ts';
import type { ResponseReader } from './reader.ts';
import { responseReader } from './response.ts';

/** How long an answer that is complete may stay open until the next request goes without its connection. */
const END_WAIT_MS = 500;

/** The way in which HTTP uses its connections. */
export type HttpPolicy = 'per-call' | 'kept' | 'http2';

type HttpLimits = Pick<SessionLimits, 'connectTimeoutMs' | 'idleCloseMs'>;

/**
 * HTTP: `per-call` opens an HTTP/1.1 connection for every request and closes it after the answer; `kept` uses one
 * for the whole session (and another if the server closes it); `http2` does the same with HTTP/2. Connections are
 * added to `connections`.
 */
export function createHttpTransport(
  endpoint: Endpoint,
  policy: HttpPolicy,
  { connectTimeoutMs, idleCloseMs }: HttpLimits = defaultSessionLimits,
  connections: Connection[] = [],
): Transport {
  const target = {
    origin: endpoint.baseUrl.origin,
    dial: dialTargetOf(endpoint, policy === 'http2' ? 'h2' : 'http/1.1'),
    connectTimeoutMs,
    idleCloseMs,
  };
  const open = policy === 'http2' ? openHttp2Line : openLine;
  const lines: HttpLine[] = [];

  function lineForRequest(): HttpLine {
    const kept = policy === 'per-call' ? undefined : lines[0];
    if (kept !== undefined) return kept;
    const line = open(target, connections);
    lines.push(line);
    return line;
  }

  /** Sends a request; what it returns is to be called when nobody reads its answer any more. */
  function post(
    path: string,
    accept: string,
    body: object,
    marks: ExchangeMarks,
    signal: AbortSignal,
    readerOf: (link: LinkTimes) => ResponseReader,
  ): () => void {
    const line = lineForRequest();
    const headers = { ...endpoint.headers, 'content-type': 'application/json', accept };
    const reader = decodeAnswer(readerOf(line), () => {
      overlook(marks, 'content_encoding');
    });
    let isSettled = false;
    let timer: NodeJS.Timeout | undefined;
    const request = { path, headers, body: JSON.stringify(body) };
    const cancel = line.post(request, marks, signal, reader, () => {
      isSettled = true;
      clearTimeout(timer);
      if (policy === 'per-call') void line.close();
    });
    return () => {
      if (isSettled) return;
      if (Number.isNaN(marks.terminalUs)) {
        cancel();
        return;
      }
      // A whole answer may still have its last bytes to come: they end it, and the connection stays.
      timer = setTimeout(() => {
        overlook(marks, 'no_end');
        cancel();
      }, END_WAIT_MS).unref();
    };
  }

  return {
    connections,
    exchange(request, marks, signal) {
      const queue = createEventQueue();
      let leave: (() => void) | undefined;
      return queue.events(
        () => {
          const path = requestPath(endpoint);
          leave = post(path, 'text/event-stream', request, marks, signal, (link) =>
            responseReader(marks, queue, link),
          );
        },
        () => leave?.(),
      );
    },
    holdsSession: () => false,
    sessionEnd: () => undefined,
    async compact(request, marks, signal) {
      const path = requestPath(endpoint, '/compact');
      let leave: (() => void) | undefined;
      const compacted = new Promise<WireItem[]>((resolve, reject) => {
        leave = post(path, 'application/json', request, marks, signal, (link) =>
          compactReader(marks, link.deliveredUs, resolve, reject),
        );
      });
      return compacted.finally(leave);
    },
    async close() {
      await Promise.all(lines.map((line) => line.close()));
    },
  };
}
