import { beforeAll, describe, expect, it } from 'vitest';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { parseFaults } from '../../src/mock/fault/spec.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { startMock } from '../../src/mock/server.ts';
import { createLink } from '../../src/network/link.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import type { StepRecord } from '../../src/result/record.ts';
import { createProbeSchedule } from '../../src/runner/recovery/probe-schedule.ts';
import { runSession } from '../../src/runner/session.ts';
import { createTransport, type TransportName, transports } from '../../src/transport/index.ts';
import { defaultSessionLimits } from '../../src/transport/session-limits.ts';
import { atEnd } from '../support/cleanup.ts';
import { smallScript } from '../support/script.ts';

/** Long beside what a busy machine adds: that must stay below one more round trip. */
const RTT_MS = 120;
const REPETITIONS = 4;
/** Long enough for TCP and TLS, so that it is the upgrade that hangs. */
const CONNECT_TIMEOUT_TRIPS = 5;

const script = { ...smallScript, turns: smallScript.turns.slice(0, 1) };
let tls: { kind: 'files'; cert: string; key: string };
/** First byte of a fresh HTTPS session, in round trips: TCP, TLS and the request, and what this machine takes. */
let overHttp: number;

beforeAll(async () => {
  tls = { kind: 'files', ...(await generateCertificate('127.0.0.1')) };
  overHttp = (await firstByte('http-keepalive', undefined)).trips;
});

describe('the first byte over HTTP', () => {
  it('comes within 3 more round trips where the upgrade is refused: TCP, TLS and the refusal', async () => {
    const { trips, step } = await firstByte('ws', 'upgrade:426');
    expect(step.attempts).toBe(2);
    expect(trips - overHttp).toBeGreaterThan(2);
    expect(trips - overHttp).toBeLessThan(4);
  });

  it('comes within the connect timeout and 3 round trips where the upgrade hangs', async () => {
    const { trips, step } = await firstByte('ws', 'upgrade:hang');
    expect(step.attempts).toBe(2);
    expect(trips).toBeGreaterThan(CONNECT_TIMEOUT_TRIPS + 2);
    expect(trips).toBeLessThan(CONNECT_TIMEOUT_TRIPS + 4);
  });
});

/** The shortest of some sessions, from the start of the step's clock, in round trips. */
async function firstByte(
  name: TransportName,
  fault: string | undefined,
): Promise<{ trips: number; step: StepRecord }> {
  const mock = await startMock({
    host: '127.0.0.1',
    port: 0,
    tls,
    scripts: [script],
    profile: profiles.instant,
    ...(fault !== undefined && { fault: { rules: parseFaults(fault, 'fault'), seed: 1 } }),
  });
  atEnd(() => mock.close());
  let best: { trips: number; step: StepRecord } | undefined;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const step = await firstStep(name, new URL(mock.url));
    const trips = (step.ttfbUs ?? Infinity) / 1000 / RTT_MS;
    if (best === undefined || trips < best.trips) best = { trips, step };
  }
  return best ?? expect.fail('no repetition');
}

async function firstStep(name: TransportName, baseUrl: URL): Promise<StepRecord> {
  const link = createLink(plainLink(RTT_MS), 1);
  const endpoint = { baseUrl, headers: {}, insecure: false, ca: tls.cert, link };
  const connectTimeoutMs = CONNECT_TIMEOUT_TRIPS * RTT_MS;
  const limits = { ...defaultSessionLimits, connectTimeoutMs };
  const { record } = await runSession(
    {
      script,
      model: script.name,
      policy: transports[name],
      toolTimeFactor: 0,
      timeoutMs: 50_000,
    },
    {
      transport: createTransport(name, endpoint, limits),
      signal: new AbortController().signal,
      fallback: {
        open: () => createTransport('http-keepalive', endpoint, limits),
        probes: createProbeSchedule(60_000, () => performance.now()),
      },
    },
  );
  return record.steps[0] ?? expect.fail('no step');
}
