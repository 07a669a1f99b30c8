import { calibrate } from '../../app/calibrate/calibrate.ts';
import type { Calibration } from '../../result/schema.ts';
import { formatMs } from '../../units.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';
import { printTable } from '../terminal/print-table.ts';

/** The action of `calibrate`: prints the calibration of this machine at this moment. */
export async function calibrateAction({ json }: { json?: true }): Promise<void> {
  await interruptible(async (signal) => {
    try {
      const calibration = await calibrate({ signal });
      if (json) process.stdout.write(`${JSON.stringify(calibration, null, 2)}\n`);
      else printCalibration(calibration);
    } catch (error) {
      if (!signal.aborted) throw error;
      process.exitCode = INTERRUPTED;
    }
  });
}

const names: Readonly<Record<string, string>> = {
  toolWait: 'tool wait, by our clock',
  firstToken: 'first token of the mock, on an open WebSocket',
  tokenGap: 'gap between two tokens of the mock',
  linkRoundTrip: "round trip of the emulated link, less loopback's",
};

function printCalibration({ clockResolutionUs, instruments, noiseFloorUs }: Calibration): void {
  const figures = ['injected', 'bias (mean)', 'p99 error', 'samples'];
  printTable({
    head: ['what we measure', ...figures],
    rows: Object.entries(instruments).map(([key, { injectedUs, biasUs, p99ErrorUs, samples }]) => [
      names[key] ?? key,
      formatMs(injectedUs),
      formatMs(biasUs),
      formatMs(p99ErrorUs),
      String(samples),
    ]),
    figures,
    below: [
      `Clock resolution ${String(clockResolutionUs)} µs.`,
      `Noise floor ${formatMs(noiseFloorUs)} per step: smaller differences are not claimed.`,
    ],
  });
}
