import { setTimeout as wait } from 'node:timers/promises';
import { dial } from '../../network/dial.ts';
import { dialTargetOf } from '../../transport/target.ts';
import type { Endpoint } from '../../transport/transport.ts';

/** A server that has a word on the certificate says it at once. */
const LISTEN_MS = 1000;

/**
 * The code of the TLS alert that a server hangs up with, if it does: over TLS 1.3 it refuses a client's certificate when
 * the client takes the handshake for done. Opens a connection of its own and sends nothing.
 */
export async function tlsAlertOf(
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (endpoint.baseUrl.protocol !== 'https:') return undefined;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LISTEN_MS)]);
  try {
    const { socket } = await dial(dialTargetOf(endpoint), limit);
    const alert = new Promise<string | undefined>((resolve) => {
      socket.on('error', ({ code }: NodeJS.ErrnoException) => {
        resolve(code);
      });
      socket.once('close', () => {
        resolve(undefined);
      });
    });
    socket.resume();
    const code = await Promise.race([alert, wait(LISTEN_MS, undefined, { signal: limit })]);
    socket.destroy();
    return code;
  } catch {
    return undefined;
  }
}
