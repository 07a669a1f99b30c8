import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { type DialTarget, dial, openingUs } from '../../network/dial.ts';
import { authority } from '../../network/proxy.ts';

/** Where everything is passed on to. */
export interface Upstream {
  /** What to dial; the link is left out. */
  target: Omit<DialTarget, 'link'>;
  /** The `Host` that it is known by. */
  host: string;
  /**
   * A connection of its own.
   * @throws DialError if it can't be opened
   */
  open(): Promise<Socket>;
  /** Connections for one client's connection: as many as that has requests at a time, kept as long as it is. */
  agent(): Agent;
}

/** How long a connection may take to open. */
const DIAL_TIMEOUT_MS = 30_000;

/** @param onOpen told of every connection with the time that it took, all phases together */
export function createUpstream(
  target: Upstream['target'],
  onOpen: (openingMs: number) => void,
): Upstream {
  const isUsualPort = target.port === (target.tls ? 443 : 80);
  async function open(): Promise<Socket> {
    const connection = await dial(target, AbortSignal.timeout(DIAL_TIMEOUT_MS));
    onOpen(openingUs(connection) / 1000);
    return connection.socket;
  }
  return {
    target,
    host: isUsualPort
      ? authority(target.host, target.port).replace(/:\d+$/, '')
      : authority(target.host, target.port),
    open,
    agent() {
      const agent = new Agent({ keepAlive: true, maxFreeSockets: 1 });
      // Node's own would do, but for the proxy and the time of each phase.
      const dialled = {
        createConnection: (_: unknown, done: (error: Error | null, socket?: Socket) => void) => {
          open().then(
            (socket) => {
              done(null, socket);
            },
            (error: unknown) => {
              done(error as Error);
            },
          );
        },
      };
      return Object.assign(agent, dialled);
    },
  };
}
