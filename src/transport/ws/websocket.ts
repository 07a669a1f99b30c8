import { nowUs } from '../../measure/clock.ts';
import type { ExchangeMarks } from '../../measure/marks.ts';
import { closeSocket } from '../../network/close.ts';
import { type Connection, dial, openingUs } from '../../network/dial.ts';
import type { CreateRequest, ResponseCreate } from '../../protocol/request.ts';
import { limitConnect } from '../connect-limit.ts';
import { createEventQueue } from '../event-queue.ts';
import { dialFailure, EndpointFailure, noConnection } from '../failure.ts';
import { createHttpTransport } from '../http/http.ts';
import { defaultSessionLimits, type SessionLimits } from '../session-limits.ts';
import { dialTargetOf, requestPath } from '../target.ts';
import type { Endpoint, Transport } from '../transport.ts';
import { startSession, type WebSocketSession } from './session.ts';
import { createUpgrade } from './upgrade.ts';

/**
 * WebSocket mode of the Responses API: one socket for the whole session, and another in its place when it has died,
 * lain idle or grown old.
 */
export function createWebSocketTransport(
  endpoint: Endpoint,
  limits: SessionLimits = defaultSessionLimits,
): Transport {
  const target = dialTargetOf(endpoint);
  const connections: Connection[] = [];
  /** Compaction is not spoken over WebSocket. */
  const http = createHttpTransport(endpoint, 'kept', limits, connections);
  let session: WebSocketSession | undefined;

  async function open(marks: ExchangeMarks, signal: AbortSignal): Promise<WebSocketSession> {
    const startUs = nowUs();
    let connection: Connection | undefined;
    const upgrade = createUpgrade(urlOf(endpoint), endpoint.headers, endpoint.webSocketProtocols);
    const limit = limitConnect(limits.connectTimeoutMs, signal, () =>
      connection === undefined
        ? noConnection(limits.connectTimeoutMs, target.proxy)
        : noUpgrade(limits.connectTimeoutMs),
    );
    try {
      connection = await dial(target, limit.signal, limit.pause, upgrade.prepare);
      connections.push(connection);
      const upgradeUs = nowUs();
      const socket = await upgrade.over(connection.socket, limit.signal);
      connection.wsUpgradeUs = nowUs() - upgradeUs;
      connection.deflate = socket.extensions.includes('permessage-deflate');
      marks.handshakeUs = openingUs(connection);
      return startSession(socket, connection, limits, marks);
    } catch (error) {
      marks.handshakeUs = nowUs() - startUs - (connection?.pacedUs ?? 0);
      throw dialFailure(error as Error);
    } finally {
      limit.release();
    }
  }

  function isOld(): boolean {
    return limits.rotateMs !== null && (session?.ageMs() ?? 0) > limits.rotateMs;
  }

  /** The session that a request goes over; undefined if it needs a new one. */
  function sessionFor(request: CreateRequest): WebSocketSession | undefined {
    if (session?.isLive() !== true) return undefined;
    if (!isOld() || continuesHere(request)) return session;
    void session.close();
    return undefined;
  }

  return {
    connections,
    exchange(request, marks, signal) {
      const queue = createEventQueue();
      let used: WebSocketSession | undefined;
      const onAbort = (): void => {
        queue.end(signal.reason as Error);
      };
      return queue.events(
        async () => {
          const frame = frameOf(request);
          session = sessionFor(request) ?? (await open(marks, signal));
          used = session;
          signal.addEventListener('abort', onAbort);
          used.begin(frame, { marks, queue, continues: request.previous_response_id });
        },
        (error) => {
          if (saysTooOld(error)) void used?.close();
          signal.removeEventListener('abort', onAbort);
          used?.finish();
        },
      );
    },
    holdsSession: () => session?.isLive() === true && !isOld(),
    sessionEnd: () => session?.endedBy() ?? (isOld() ? 'rotation' : undefined),
    compact: (request, marks, signal) => http.compact(request, marks, signal),
    async close() {
      await Promise.all([session?.end(), http.close()]);
      await Promise.all(connections.map((connection) => closeSocket(connection.socket)));
    },
  };
}

/** What only this connection holds would be lost with it; such a request isn't what a planned rotation waits for. */
function continuesHere(request: CreateRequest): boolean {
  return request.previous_response_id !== undefined && request.store !== true;
}

function saysTooOld(error: unknown): boolean {
  return error instanceof EndpointFailure && error.code === 'websocket_connection_limit_reached';
}

function noUpgrade(timeoutMs: number): EndpointFailure {
  const message = `the server did not answer the WebSocket upgrade within ${timeoutMs} ms`;
  return new EndpointFailure('upgrade_refused', message, { code: 'timeout' });
}

function urlOf(endpoint: Endpoint): string {
  const { protocol, host } = endpoint.baseUrl;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${requestPath(endpoint)}`;
}

/** The text of a request as it goes over WebSocket. */
export function frameOf({ stream: _meaningless, ...request }: CreateRequest): string {
  const create: ResponseCreate = { type: 'response.create', ...request };
  return JSON.stringify(create);
}
