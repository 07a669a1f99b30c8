import { expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { Profile } from '../../src/mock/profile/schema.ts';
import { summariseTransport } from '../../src/result/summarise.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { runSmall, smallOutcome, withFaults } from './run-small.ts';

/** So slow that the pace outweighs everything else on a busy machine. */
const slow: Profile = {
  ...profiles.instant,
  decode: { tokensPerSecond: 20, source: 'assumed: for this test' },
};

async function measure(fault: string) {
  const mock = await mockForTest({ profile: slow, ...(fault !== '' && withFaults(fault)) });
  const { record, outcome } = await runSmall('ws', endpointOf(mock));
  expect(outcome).toEqual(smallOutcome);
  return summariseTransport('ws', [{ index: 0, order: ['ws'], workflows: { ws: record } }]).metrics;
}

it('a gateway that holds answers back looks fast per token, and has the output rate that it has', async () => {
  const [plain, buffered] = await Promise.all([measure(''), measure('buffer:2s')]);
  expect(buffered.tpot?.mean).toBeLessThan((plain.tpot?.mean ?? NaN) / 4);
  expect(buffered.step_ttft?.mean).toBeGreaterThan(2 * (plain.step_ttft?.mean ?? NaN));
  const ratio = (buffered.output_rate?.mean ?? NaN) / (plain.output_rate?.mean ?? NaN);
  expect(ratio).toBeGreaterThan(0.8);
  expect(ratio).toBeLessThan(1.25);
  expect(plain.output_rate).toMatchObject({ unit: 'tokens/s', count: 3 });
});
