import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MAX_PIPELINED_REQUESTS } from '../wire/limits.ts';

/**
 * The queue in which a request waits behind earlier ones of its connection (HTTP/1 pipelining), up to a limit: a client
 * that passes it loses its connection. Has the response told when the connection closes: Node tells only the one whose
 * turn it is, so the others would be served, and kept, for nobody.
 * @returns whether the request is to be served
 */
export function joinPipeline({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const open = openResponses.get(socket) ?? watch(socket);
  open.add(response);
  response.on('close', () => open.delete(response));
  if (open.size > MAX_PIPELINED_REQUESTS) socket.destroy();
  return !socket.destroyed;
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
