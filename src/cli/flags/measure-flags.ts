import type { Command } from 'commander';
import { duration, list, percent, rate, toolTime, wholeNumber } from './values.ts';

/** Adds what `run` and `gate` share: the link, and how to measure. */
export function addMeasureFlags(
  command: Command,
  defaults: { transports: string; iterations: number },
): Command {
  return command
    .optionsGroup('Emulated link (adds to the real path; works without root):')
    .option('--link <preset>', 'lan, region, cross-country, intercontinental or mobile')
    .option('--rtt <time>', 'round-trip time, in place of a preset or of its own', duration)
    .option('--bandwidth <rate>', 'per connection and direction', rate)
    .option('--jitter <time>', 'each way, up to this much more', duration)
    .option('--no-slow-start', 'connections start at full speed and stay there')
    .optionsGroup('How to measure:')
    .option(
      '-t, --transports <list>',
      `transports, the first is the base, or all (default: ${defaults.transports})`,
      list,
    )
    .option(
      '-n, --iterations <n>',
      `measured rounds (default: ${defaults.iterations})`,
      wholeNumber(1),
    )
    .option(
      '--until <percent>',
      'go on until every 95 % interval of workflow_e2e is within ± this share of its middle; -n is then the least (default: 6)',
      percent,
    )
    .option('--max-rounds <n>', 'rounds at most, with --until (default: 200)', wholeNumber(1))
    .option(
      '--max-time <time>',
      'begin no measured round later than this after the first',
      duration,
    )
    .option('-w, --warmup <n>', 'rounds before them, not measured (default: 1)', wholeNumber(0))
    .option(
      '-c, --concurrency <n>',
      'rounds in flight (default: 10 on the bundled mock, 1 with --url)',
      wholeNumber(1),
    )
    .option(
      '--tool-time <recorded|none|factor>',
      'scripted tool waits (default: recorded)',
      toolTime,
    )
    .option('--no-calibrate', 'do not measure our own error first, which takes about a second')
    .option('--timeout <time>', 'per step (default: 60s)', duration)
    .option('--seed <n>', 'decides every byte and the order (default: 1)', wholeNumber(0));
}
