import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { DialError } from './dial-error.ts';
import { openTls } from './open-tls.ts';
import { authority, type Proxy, proxyUrl } from './proxy.ts';
import { tearDown } from './settled.ts';

/** Enough for any answer to CONNECT; a longer head is no answer. */
const MAX_HEAD_BYTES = 16 * 1024;

/**
 * A tunnel through a proxy to `host:port`, over an open connection to the proxy whose lowest layer is `raw`: TLS with
 * the proxy where it wants that, then CONNECT.
 * @returns what to speak through from now on
 * @throws DialError in phase `proxy` if the proxy doesn't open it, or the signal's reason if it aborts.
 */
export async function openTunnel(
  proxy: Proxy,
  target: { host: string; port: number },
  layers: { socket: Socket; raw: Socket },
  signal: AbortSignal,
): Promise<Socket> {
  const to = authority(target.host, target.port);
  if (proxy.tls === undefined) return connect(to, proxy, layers, signal);
  // Whoever takes any certificate for the endpoint's still hands no password to a stranger.
  const tls = { ...proxy.tls, verify: true, alpn: 'http/1.1' } as const;
  const socket = await blaming(proxy, openTls('proxy', proxy.host, tls, layers, signal));
  return connect(to, proxy, { ...layers, socket }, signal);
}

/** What fails on the way to a proxy names it: nobody would guess else that the endpoint isn't to blame. */
export async function blaming<T>(proxy: Proxy | undefined, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (proxy === undefined || !(error instanceof DialError) || error.phase === 'socket')
      throw error;
    throw proxyError(proxy, `is out of reach: ${error.message}`, error.cause);
  }
}

function connect(
  to: string,
  proxy: Proxy,
  { socket, raw }: { socket: Socket; raw: Socket },
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      path: to,
      headers: {
        host: to,
        connection: 'keep-alive',
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      },
      maxHeaderSize: MAX_HEAD_BYTES,
      createConnection: () => socket,
    });
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (reason: Error): void => {
      settle();
      reject(reason);
      tearDown(socket, raw);
    };
    const onAbort = (): void => {
      fail(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort);
    asked.once('connect', ({ statusCode: status = 0 }: IncomingMessage, _socket, head: Buffer) => {
      if (status < 200 || status > 299) {
        fail(proxyError(proxy, `refused the tunnel to ${to} with status ${status}`, {}, status));
        return;
      }
      settle();
      if (head.byteLength > 0) socket.unshift(head);
      resolve(socket);
    });
    // Stays on: what was torn down may report it once more.
    asked.on('error', (error) => {
      fail(proxyError(proxy, `opened no tunnel to ${to}: ${error.message}`, error));
    });
    asked.end();
  });
}

/** The cause's code alone goes on: the rest of it may quote the proxy. */
function proxyError(proxy: Proxy, what: string, cause: unknown, status?: number): DialError {
  const { code } = cause as NodeJS.ErrnoException;
  const error = new Error(`the proxy ${proxyUrl(proxy)} ${what}`);
  return new DialError('proxy', Object.assign(error, code !== undefined && { code }), status);
}
