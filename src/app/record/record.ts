import { generateCertificate } from '../../listen/certificate.ts';
import { hostOf, portOf } from '../../network/host.ts';
import type { Traffic } from '../../record/proxy/observation.ts';
import { openRawFile } from '../../record/proxy/raw-file.ts';
import { startRecorder } from '../../record/proxy/recorder.ts';
import { baseUrlOf } from '../options/base-url.ts';
import { waysFrom } from '../options/way.ts';
import { type MadeScenario, makeScenario } from './make-scenario.ts';

/** What to record, and where to stand. */
export interface RecordOptions {
  /** Base URL of the endpoint. */
  url: string;
  /** @default 127.0.0.1 */
  host?: string;
  /** 0 for any that is free. */
  port: number;
  /** TLS towards clients, with a certificate made at start. */
  tls?: boolean;
  /** PEM of a certificate authority to trust, beside the built-in ones. */
  ca?: string;
  /** Accept any certificate of the endpoint. */
  insecure?: boolean;
  /** Contents are kept; only sizes otherwise. */
  keepContent?: boolean;
  /** A new file for all that passes, words and all. @default none */
  raw?: string;
  /** A file that is there is written over. @default false */
  force?: boolean;
  /** What its scenarios are called. */
  name: string;
}

/** A recording under way. */
export interface Recording {
  /** What an agent is given for its base URL. */
  url: string;
  /** PEM of the certificate to trust, over TLS. */
  ca: string | undefined;
  /** Resolves once so many conversations have come to an answer without a call. */
  ended: (sessions: number) => Promise<void>;
  /** Ends it: a scenario for each conversation, and what passed. */
  stop(): Promise<{
    scenarios: MadeScenario[];
    traffic: Traffic;
    /** Why the raw file is not whole; undefined if it is. */
    rawFailure: string | undefined;
  }>;
}

/**
 * A recorder in front of an endpoint: what an agent sends to it goes there unchanged.
 * @throws UsageError if a value is no good, or the address can't be listened on
 */
export async function startRecording(options: RecordOptions): Promise<Recording> {
  const { host = '127.0.0.1', port, name, keepContent: keep = false, ca, insecure } = options;
  const url = baseUrlOf(options.url);
  const { proxy, addresses } = waysFrom(url, options)(url);
  const certificate = options.tls === true ? await generateCertificate(host) : undefined;
  const raw =
    options.raw === undefined ? undefined : await openRawFile(options.raw, options.force === true);
  const recorder = await startRecorder({
    target: {
      host: hostOf(url.hostname),
      port: portOf(url),
      ...(url.protocol === 'https:' && {
        tls: { verify: insecure !== true, alpn: 'http/1.1', ...(ca !== undefined && { ca }) },
      }),
      ...(proxy && { proxy }),
      ...(addresses && { addresses }),
    },
    ...{ host, port, name, keep },
    ...(raw && { raw }),
    ...(certificate && { certificate }),
  });
  const own = new URL(`${certificate ? 'https' : 'http'}://127.0.0.1${url.pathname}`);
  own.hostname = host.includes(':') ? `[${host}]` : host;
  own.port = String(recorder.port);
  return {
    url: own.href.replace(/\/$/, ''),
    ca: certificate?.cert,
    ended: recorder.ended,
    async stop() {
      const rawFailure = await recorder.close();
      const { sessions, traffic } = recorder.recorded();
      const named = sessions.map((session, index) => ({
        ...session,
        name: index === 0 ? name : `${name}-${index + 1}`,
      }));
      return { scenarios: await Promise.all(named.map(makeScenario)), traffic, rawFailure };
    },
  };
}
