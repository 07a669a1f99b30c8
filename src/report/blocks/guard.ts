import type { Result } from '../../result/schema.ts';
import { formatMs } from '../../units.ts';
import type { Grid } from './block.ts';

/** The heading above how true our own clock and process were. */
export const guardTitle = 'How quiet the measuring machine was';

/** What our own process was disturbed by, and how far our instruments were off; the heading alone where neither is known. */
export function guardGrid({ calibration, environment }: Result): Grid {
  const { noise } = environment;
  const disturbed: [string, string][] =
    noise === undefined
      ? []
      : [
          ['event loop busy', `${(noise.utilisation * 100).toFixed(0)} %`],
          ...(noise.workers ?? []).map(({ utilisation, loopDelayP99Us }, at): [string, string] => [
            `worker ${at + 1}`,
            `busy ${(utilisation * 100).toFixed(0)} %, p99 ${formatMs(loopDelayP99Us)} late`,
          ]),
          ['event loop late, p99', formatMs(noise.loopDelayP99Us)],
          ['event loop late, longest', formatMs(noise.loopDelayMaxUs)],
          ['garbage collections', String(noise.gcPauses)],
          ['garbage collection, longest', formatMs(noise.gcMaxUs)],
          [
            "processor time that the machine's host took",
            noise.stolenShare === null ? 'unknown' : `${(noise.stolenShare * 100).toFixed(1)} %`,
          ],
        ];
  const off: [string, string][] =
    calibration === null
      ? []
      : [
          ...Object.entries(calibration.instruments).map(
            ([name, { injectedUs, biasUs, p99ErrorUs }]): [string, string] => [
              `calibrated: ${name}`,
              `of ${formatMs(injectedUs)} off by ${formatMs(biasUs)} on average, ${formatMs(p99ErrorUs)} at the 99th percentile`,
            ],
          ),
          [
            'differences that are not claimed, per step',
            `below ${formatMs(calibration.noiseFloorUs)}`,
          ],
        ];
  return [['what', 'measured'], ...disturbed, ...off].map((row) => row.map((text) => ({ text })));
}
