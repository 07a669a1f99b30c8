import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../../src/stats/percentile.ts';
import type { Benchmark, Comparison } from './benchmark.ts';

const ROUNDS = 25;
const program = fileURLToPath(new URL('../../bin/agent-latency-bench.js', import.meta.url));

/** What it takes to get an answer out of the program at all. */
export const benchmark: Benchmark = {
  title: 'Start-up',
  note: `wall time of a process, ${ROUNDS} of each in turn; bare: node -e 0`,
  run() {
    const commands = { '--version': [program, '--version'], '--help': [program, '--help'] };
    const timesMs = { bare: [] as number[], '--version': [] as number[], '--help': [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      timesMs.bare.push(wallMs(['-e', '0']));
      timesMs['--version'].push(wallMs(commands['--version']));
      timesMs['--help'].push(wallMs(commands['--help']));
    }
    const bare = median(timesMs.bare) ?? NaN;
    const comparisons = (['--version', '--help'] as const).map(
      (what): Comparison => ({
        what,
        ours: median(timesMs[what]) ?? NaN,
        bare,
        samples: ROUNDS,
      }),
    );
    return Promise.resolve(comparisons);
  },
};

function wallMs(args: readonly string[]): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  return performance.now() - startMs;
}
