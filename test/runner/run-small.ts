import { parseFaults } from '../../src/mock/fault/spec.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import {
  runSession,
  type SessionEnded,
  type SessionHost,
  type SessionSpec,
} from '../../src/runner/session.ts';
import { createTransport, type TransportName, transports } from '../../src/transport/index.ts';
import { defaultSessionLimits, type SessionLimits } from '../../src/transport/session-limits.ts';
import type { Endpoint, Transport } from '../../src/transport/transport.ts';
import { smallScript } from '../support/script.ts';

/** What differs from a plain run of the small script. */
export interface SmallRun extends Partial<SessionSpec>, Partial<Omit<SessionHost, 'transport'>> {
  limits?: Partial<SessionLimits>;
  /** Stands between the runner and the real transport. */
  around?: (transport: Transport) => Transport;
}

/** Runs the small script over a real transport. */
export function runSmall(
  name: TransportName,
  endpoint: Endpoint,
  options: SmallRun = {},
): Promise<SessionEnded> {
  const { limits, around = (transport: Transport) => transport, ...more } = options;
  const { fallback, stalledUs, onStep, spend, signal, ...spec } = more;
  return runSession(
    {
      script: smallScript,
      model: 'small',
      policy: transports[name],
      toolTimeFactor: 0,
      timeoutMs: 20_000,
      ...spec,
    },
    {
      transport: around(createTransport(name, endpoint, { ...defaultSessionLimits, ...limits })),
      signal: signal ?? new AbortController().signal,
      ...(fallback && { fallback }),
      ...(stalledUs && { stalledUs }),
      ...(onStep && { onStep }),
      ...(spend && { spend }),
    },
  );
}

/** Options of a mock on a bad day. */
export function withFaults(spec: string): Pick<MockOptions, 'fault'> {
  return { fault: { rules: parseFaults(spec, 'the test'), seed: 1 } };
}

/** What a session does that nothing happens to. */
export const smallOutcome: SessionEnded['outcome'] = [
  { kind: 'call', name: 'read_file', arguments: '{"path":"src/a.ts"}' },
  { kind: 'call', name: 'read_file', arguments: '{"path":"src/b.ts"}' },
  { kind: 'call', name: 'edit_file', arguments: '{"path":"src/a.ts"}' },
  { kind: 'text', text: 'I fixed the comparison in src/a.ts.' },
];
