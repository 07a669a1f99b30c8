import type { Certificate } from '../../listen/certificate.ts';
import { listenerLimits } from '../../listen/limits.ts';
import { startListener } from '../../listen/listener.ts';
import type { RecordedSession } from '../session/session.ts';
import { createHttpForwarder } from './http.ts';
import { createObservation, type Traffic } from './observation.ts';
import type { RawFile } from './raw-file.ts';
import { createUpstream, type Upstream } from './upstream.ts';
import { createUpgradeForwarder } from './websocket.ts';

/** A proxy in front of one endpoint, which passes everything through and remembers what it looked like. */
export interface Recorder {
  port: number;
  /** Resolves once so many conversations have come to their end. */
  ended: (sessions: number) => Promise<void>;
  /** Conversations and counts so far. */
  recorded(): { sessions: RecordedSession[]; traffic: Traffic };
  /** Drops all connections and frees the port. Resolves to why the raw file is not whole, if it isn't. */
  close(): Promise<string | undefined>;
}

/** What a recorder stands in front of, and where. */
export interface RecorderOptions {
  target: Upstream['target'];
  host: string;
  port: number;
  /** For TLS, and with it HTTP/2, towards clients. */
  certificate?: Certificate;
  /** Of the sessions. */
  name: string;
  /** Contents are kept, in memory. */
  keep: boolean;
  /** Where all that passes is written, too. */
  raw?: RawFile;
}

/**
 * A recorder that takes connections.
 * @throws UsageError if the address can't be listened on
 */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { target, host, port, certificate, name, keep, raw } = options;
  const observation = createObservation(name, keep, raw);
  const upstream = createUpstream(target, observation.opened);
  const upgrades = createUpgradeForwarder(upstream, observation);
  const listener = await startListener(
    { host, port, certificate, limits: listenerLimits },
    createHttpForwarder(upstream, observation),
    upgrades.handle,
  );
  return {
    port: listener.address.port,
    ended: observation.ended,
    recorded: () => ({ sessions: observation.sessions(), traffic: observation.traffic() }),
    async close() {
      upgrades.close();
      await listener.close();
      // What was under way is over now, and is read to its end.
      await observation.settled();
      return raw?.close();
    },
  };
}
