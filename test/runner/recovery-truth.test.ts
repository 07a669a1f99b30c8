import { describe, expect, it } from 'vitest';
import { defaultRecovery } from '../../src/runner/recovery/recovery.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { runSmall, withFaults } from './run-small.ts';

/** What the server asks for between two faults: long beside what a busy machine adds. */
const HINT_MS = 600;
const SLACK = 1.5;

describe('recovery, against the times that the mock stamped its faults with', () => {
  it.each(['http', 'http-keepalive', 'ws'] as const)('over %s', async (name) => {
    const mock = await mockForTest(withFaults(`503:${HINT_MS}ms@call2,503:1ms@call3`));
    const { record } = await runSmall(name, endpointOf(mock), {
      recovery: { ...defaultRecovery, retries: 2 },
    });
    expect(record.state).toBe('completed');
    const [first, second, ...more] = record.recoveries ?? [];
    if (first === undefined || second === undefined) return expect.fail('two faults, one record');
    expect(more).toEqual([]);

    const [firstUs = NaN, secondUs = NaN] = await stampsOf(mock.url);
    const trulyUs = secondUs - firstUs;
    expect(trulyUs).toBeGreaterThanOrEqual(HINT_MS * 1000);
    const apart = (second.atUs - first.atUs) / trulyUs;
    expect(apart).toBeGreaterThan(1 / SLACK);
    expect(apart).toBeLessThan(SLACK);
    const recovered = (first.recoveryUs ?? NaN) / trulyUs;
    expect(recovered).toBeGreaterThan(1 / SLACK);
    expect(recovered).toBeLessThan(SLACK);
  });
});

/** When the mock did what it was told to, on the machine's clock. */
async function stampsOf(url: string): Promise<number[]> {
  const response = await fetch(new URL('/debug/faults', url));
  const { faults } = (await response.json()) as { faults: { monotonicUs: number }[] };
  return faults.map(({ monotonicUs }) => monotonicUs);
}
