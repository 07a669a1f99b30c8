import { runBenchmark } from '../../src/app/benchmark.ts';
import { estimate } from '../../src/app/estimate.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import type { Benchmark, Comparison } from './benchmark.ts';

const SCENARIOS = ['quick', 'customer-support', 'code-review'] as const;
const ROUND_TRIPS_MS = [10, 40, 150] as const;
/** Workflows that take half a minute are told apart by one; the quick ones are warmed up for. */
const PROFILES = [
  { name: 'fast', iterations: 3, warmup: 1 },
  { name: 'flagship', iterations: 1, warmup: 0 },
] as const;
/** How far an estimate may be off. */
const TOLERANCE = 0.08;

/** How true `estimate` is. */
export const benchmark: Benchmark = {
  title: 'Estimates against runs',
  note: `workflows of ${SCENARIOS.join(', ')} over round trips of ${ROUND_TRIPS_MS.join(', ')} ms, one at a time, a tenth of the tool waits; ours: measured p50, bare: estimated`,
  byNameOnly: true,
  async run() {
    const found: Comparison[] = [];
    for (const { name: profile, iterations, warmup } of PROFILES) {
      for (const scenario of SCENARIOS) {
        for (const rttMs of ROUND_TRIPS_MS) {
          const options = {
            scenario,
            mock: { profile },
            link: plainLink(rttMs),
            toolTime: 0.1,
          } as const;
          const expected = await estimate(options);
          const { transports } = await runBenchmark({
            ...options,
            ...{ iterations, warmup, concurrency: 1, calibrate: false },
          });
          for (const [arm, { e2eUs }] of Object.entries(expected.arms)) {
            const measuredUs = transports[arm]?.metrics.workflow_e2e?.p50 ?? NaN;
            found.push({
              what: `${profile}, ${scenario}, ${rttMs} ms, ${arm}`,
              ours: measuredUs / 1000,
              bare: e2eUs / 1000,
              samples: iterations,
              bound: 1 + TOLERANCE,
              floor: 1 - TOLERANCE,
            });
          }
        }
      }
    }
    return found;
  },
};
