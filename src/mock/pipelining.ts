import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Has a response told when its connection closes while it waits behind an earlier one (HTTP/1 pipelining): Node tells
 * only the one whose turn it is, so the others would be served, and kept, for nobody.
 */
export function closeWithConnection({ socket }: IncomingMessage, response: ServerResponse): void {
  const open = openResponses.get(socket) ?? watch(socket);
  open.add(response);
  response.on('close', () => open.delete(response));
}

const openResponses = new WeakMap<Duplex, Set<ServerResponse>>();

function watch(socket: Duplex): Set<ServerResponse> {
  const open = new Set<ServerResponse>();
  openResponses.set(socket, open);
  socket.on('close', () => {
    for (const response of [...open]) if (response.socket === null) response.emit('close');
  });
  return open;
}
