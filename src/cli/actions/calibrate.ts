import Table from 'cli-table3';
import { calibrate } from '../../app/calibrate/calibrate.ts';
import type { Calibration } from '../../result/schema.ts';
import { formatMs } from '../../units.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';

/** The action of `calibrate`: prints the calibration of this machine at this moment. */
export async function calibrateAction({ json }: { json?: true }): Promise<void> {
  await interruptible(async (signal) => {
    try {
      const calibration = await calibrate({ signal });
      process.stdout.write(
        json ? `${JSON.stringify(calibration, null, 2)}\n` : tableOf(calibration),
      );
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

function tableOf({ clockResolutionUs, instruments, noiseFloorUs }: Calibration): string {
  const table = new Table({
    head: ['what we measure', 'injected', 'bias (mean)', 'p99 error', 'samples'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  });
  for (const [key, { injectedUs, biasUs, p99ErrorUs, samples }] of Object.entries(instruments)) {
    table.push([
      names[key] ?? key,
      formatMs(injectedUs),
      formatMs(biasUs),
      formatMs(p99ErrorUs),
      String(samples),
    ]);
  }
  return `${table.toString()}
Clock resolution ${String(clockResolutionUs)} µs.
Noise floor ${formatMs(noiseFloorUs)} per step: smaller differences are not claimed.
`;
}
