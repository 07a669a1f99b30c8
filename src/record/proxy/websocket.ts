import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { towards } from './headers.ts';
import type { Observation } from './observation.ts';
import { createSocketTap } from './socket-tap.ts';
import type { Upstream } from './upstream.ts';

/** Passes upgrades on, and from then on every byte both ways as it is: frames, their cuts and their masks are nobody's business here. */
export function createUpgradeForwarder(
  upstream: Upstream,
  observation: Observation,
): {
  handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  close: () => void;
} {
  const open = new Set<Duplex>();

  function join(client: Duplex, server: Socket, request: IncomingMessage, head: Buffer): void {
    const tap = createSocketTap(observation);
    server.setNoDelay(true);
    server.write(requestHead(request, upstream.host));
    if (head.byteLength > 0) {
      server.write(head);
      tap.sent(head);
    }
    client.pipe(server);
    server.pipe(client);
    // After the pipes: bytes go out before they are looked at.
    client.on('data', tap.sent);
    server.on('data', tap.received);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
    client.on('close', () => {
      tap.closed();
      server.destroySoon();
    });
    server.on('close', () => client.end());
    open.add(server);
    server.on('close', () => open.delete(server));
  }

  return {
    handle(request, client, head) {
      observation.connected('websocket');
      open.add(client);
      client.on('close', () => open.delete(client));
      client.on('error', () => undefined);
      upstream.open().then(
        (server) => {
          if (client.destroyed) server.destroy();
          else join(client, server, request, head);
        },
        () =>
          client.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'),
      );
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

function requestHead(
  { method = 'GET', url = '/', rawHeaders }: IncomingMessage,
  host: string,
): string {
  const headers = towards(host, rawHeaders);
  const lines = headers.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${headers[index + 1] ?? ''}`] : [],
  );
  return [`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}
