import { profiles } from '../../src/mock/profile/bundled.ts';
import { type MockOptions, type RunningMock, startMock } from '../../src/mock/server.ts';
import type { Endpoint } from '../../src/transport/transport.ts';
import { atEnd } from './cleanup.ts';
import { smallScript } from './script.ts';

/** The mock on a free port, closed when the test file ends. */
export async function mockForTest(options: Partial<MockOptions> = {}): Promise<RunningMock> {
  const mock = await startMock({
    host: '127.0.0.1',
    port: 0,
    tls: { kind: 'off' },
    scripts: [smallScript],
    profile: profiles.instant,
    ...options,
  });
  atEnd(() => mock.close());
  return mock;
}

/** The mock as `serve` starts it, with every bundled scenario and without delays, closed when the test file ends. */
export async function servedMockForTest(options: MockOptions = {}): Promise<RunningMock> {
  const mock = await startMock({ profile: 'instant', ...options });
  atEnd(() => mock.close());
  return mock;
}

/** What a client needs to know of a mock; `port` points it at a relay in front. */
export function endpointOf(mock: RunningMock, port = mock.port): Endpoint {
  const baseUrl = new URL(mock.url);
  baseUrl.port = String(port);
  return { baseUrl, headers: {}, insecure: false, ...(mock.ca !== undefined && { ca: mock.ca }) };
}
