import type { AddressInfo, Server } from 'node:net';
import { UsageError } from '../errors.ts';

/**
 * The address of a server that has begun to listen.
 * @throws UsageError if it can't be listened on
 */
export function openPort(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = failures.get(cause.code) ?? cause.message;
      reject(new UsageError(`cannot listen on ${host}:${port}: ${reason}`, { cause }));
    });
    server.listen(port, host, () => {
      resolve(server.address() as AddressInfo);
    });
  });
}

const failures: ReadonlyMap<string | undefined, string> = new Map([
  ['EADDRINUSE', 'the port is taken; choose another one, or 0 for any that is free'],
  ['EACCES', 'not allowed; choose a port above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address; 127.0.0.1 always works'],
  ['ENOTFOUND', 'no such host; 127.0.0.1 always works'],
]);
