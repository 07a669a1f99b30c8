import { beforeAll, describe, expect, it } from 'vitest';
import { sessionSpec } from '../../src/app/generator/session-spec.ts';
import { openSessions } from '../../src/app/generator/sessions.ts';
import { resolveOptions } from '../../src/app/options/resolve.ts';
import { generateCertificate } from '../../src/listen/certificate.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import { runSession } from '../../src/runner/session.ts';
import { type TransportName, transports } from '../../src/transport/index.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';

const names = Object.keys(transports) as TransportName[];
let tls: Extract<MockOptions['tls'], { kind: 'files' }>;

beforeAll(async () => {
  tls = { kind: 'files', ...(await generateCertificate('127.0.0.1')) };
});

describe.each<[what: string, fault: string | undefined]>([
  ['that nothing happens to', undefined],
  ['that is refused now and then', '503:1ms@0.3'],
  ['that is refused for good', '400'],
  ['whose connection is reset', 'reset@event3@call2'],
  ['whose socket is closed', 'close:1011@event5'],
  ['that gets an upgrade refused', 'upgrade:426'],
])('a session %s', (_what, fault) => {
  it.each(names)('over %s begins and ends as plain data', async (name) => {
    const mock = await mockForTest({ tls, ...(fault !== undefined && { fault }) });
    const options = await resolveOptions({
      transports: [name],
      toolTime: 'none',
      recovery: { retries: 3 },
      timeoutMs: 20_000,
    });
    const setup = {
      ...{ script: smallScript, model: 'small', transport: name, options },
      cacheKey: 'alb-1',
    };
    const spec = sessionSpec(setup, { round: 3, warmup: false });
    const copy = structuredClone(spec);
    expect(copy).toStrictEqual(spec);
    expectPlain(spec);

    const endpoint = { ...endpointOf(mock), ca: tls.cert };
    const { open, fallback } = openSessions(name, endpoint, options.recovery);
    const ended = await runSession(copy, {
      transport: open(),
      signal: new AbortController().signal,
      ...(fallback && { fallback }),
    });
    if (fault === undefined) expect(ended.record.state).toBe('completed');
    if (fault === '400') expect(ended.failure).toMatchObject({ status: 400 });
    expect(structuredClone(ended)).toStrictEqual(ended);
    expectPlain(ended);
  });
});

/** No class instance, of which a clone would make something else. */
function expectPlain(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(value));
  for (const part of Object.values(value)) expectPlain(part);
}
