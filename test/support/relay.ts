import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** An independent witness between client and server: copies bytes both ways and counts what it sees. */
export interface Relay {
  port: number;
  readonly connections: number;
  /** Client to server. */
  readonly bytesUp: number;
  /** Server to client. */
  readonly bytesDown: number;
  /** Resolves once every connection has closed: what is still on its way has then been counted. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function startRelay(targetPort: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const seen = { connections: 0, bytesUp: 0, bytesDown: 0 };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    seen.connections++;
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to, count] of [
      [client, upstream, 'bytesUp'],
      [upstream, client, 'bytesDown'],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => {
        seen[count] += chunk.byteLength;
        to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return seen.connections;
    },
    get bytesUp() {
      return seen.bytesUp;
    },
    get bytesDown() {
      return seen.bytesDown;
    },
    async settled() {
      while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
