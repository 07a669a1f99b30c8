import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, type Server as TlsServer } from 'node:tls';

/** Ends a connection by a TCP reset, with TLS or without; one that {@link rememberTcpSockets} doesn't know is dropped. */
export function resetConnection(socket: Duplex): void {
  const tcpSocket = socket instanceof TLSSocket ? tcpSockets.get(socket) : socket;
  if (tcpSocket instanceof Socket) {
    tcpSocket.resetAndDestroy();
    // At once: left to itself it waits for its writes to end, and a FIN goes out before the reset.
    tcpSocket.destroy();
  }
  socket.destroy();
}

const tcpSockets = new WeakMap<TLSSocket, Socket>();

/** From here on a connection of this server can be reset: a TLS socket doesn't lead to the TCP socket that carries it, but has its port. */
export function rememberTcpSockets(server: TlsServer): void {
  const byPort = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = peerOf(socket);
    byPort.set(key, socket);
    socket.on('close', () => byPort.delete(key));
  });
  server.on('secureConnection', (socket) => {
    const tcpSocket = byPort.get(peerOf(socket));
    if (tcpSocket !== undefined) tcpSockets.set(socket, tcpSocket);
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${String(remoteAddress)} ${String(remotePort)}`;
}
