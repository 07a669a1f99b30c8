import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createIdleCut } from '../idle-cut.ts';
import { openPort } from './open-port.ts';

/** How long a connection may carry nothing before it dies, and who is told when that shows. */
interface Silence {
  idleMs: number;
  onSilence: () => void;
}

/**
 * A port before another one, whose connections can die as those do that a router on the way forgets: nobody is told by
 * FIN or reset, what is sent is accepted and lost, and nothing comes back.
 */
export interface Relay {
  /**
   * Takes connections from here on, and carries them to a port of this machine.
   * @throws UsageError if the address can't be listened on
   */
  open(host: string, port: number, targetPort: number): Promise<AddressInfo>;
  /** Asks once for each connection, which its own far end knows by this remote port, when it is to die. */
  decide(remotePort: number | undefined, silence: () => Silence | undefined): void;
  /** Accepts no more connections; those there are stay. */
  stopAccepting(): void;
  /** Drops all connections and frees the port. */
  close(): void;
}

/** A relay that has no port yet. */
export function createRelay(): Relay {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const lines = new Map<number | undefined, Line>();

  return {
    async open(host, port, targetPort) {
      server.on('connection', (client) => {
        const target = connect({
          ...{ host: LOOPBACK, port: targetPort },
          ...{ allowHalfOpen: true, noDelay: true },
        });
        const line = join(client, target);
        // Known before the first byte is on its way.
        target.once('connect', () => {
          const { localPort } = target;
          lines.set(localPort, line);
          target.once('close', () => lines.delete(localPort));
        });
      });
      return openPort(server, port, host);
    },
    decide(remotePort, silence) {
      const line = lines.get(remotePort);
      if (line === undefined || line.isDecided) return;
      line.isDecided = true;
      line.silence = silence();
    },
    stopAccepting() {
      server.close();
    },
    close() {
      server.close();
      for (const { client, target } of lines.values()) {
        client.destroy();
        target.destroy();
      }
    },
  };
}

/** Where a relay's targets listen. */
export const LOOPBACK = '127.0.0.1';

interface Line {
  readonly client: Socket;
  readonly target: Socket;
  isDecided: boolean;
  silence: Silence | undefined;
}

function join(client: Socket, target: Socket): Line {
  const line: Line = { client, target, isDecided: false, silence: undefined };
  const idleCut = createIdleCut(() => line.silence?.onSilence());
  const passes = (): boolean => idleCut(line.silence?.idleMs);

  function carry(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      if (!passes() || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('end', () => {
      if (passes()) to.end();
      // Whoever leaves a dead line is gone, and the other end isn't told, or has nobody to talk to.
      else if (from === client) target.destroy();
    });
    from.on('error', () => {
      if (passes()) to.resetAndDestroy();
    });
    from.on('close', () => {
      if (from === client) target.destroy();
      else if (passes()) client.destroySoon();
    });
  }

  carry(client, target);
  carry(target, client);
  return line;
}
