import { arrivalProcesses } from '../../../runner/load/arrivals.ts';
import type { SettingTable } from './setting.ts';

/** The settings of how much goes on at once, and for how long; checked together by `load.ts`. */
export const loadSettings = {
  rate: {
    value: 'frequency',
    flag: '--rate <n/s>',
    help: 'begin so many workflows per second on each transport, whatever became of those before (30/m: per minute); their time counts from when they were due; -c is then the most sessions open at once (default: 1000): who comes later waits, and that counts too',
    on: ['run', 'gate'],
    option: 'ratePerSecond',
  },
  arrival: {
    value: 'choice',
    choices: arrivalProcesses,
    flag: '--arrival <constant|poisson>',
    help: 'evenly, or by chance as independent users come; by the seed, alike on every transport (default: constant)',
    on: ['run', 'gate'],
    option: 'arrival',
  },
  stages: {
    value: 'stages',
    flag: '--stages <time:n,…>',
    help: 'as in k6: in that time in a straight line to n sessions at once, or with n/s to that rate; first from 0 (30s:100,2m:100 or 30s:20/s,2m:20/s)',
    on: ['run', 'gate'],
    option: 'stages',
    examples: ['30s:100,2m:100', '30s:20/s,2m:20/s', '0s:5/s,1m:5/s'],
  },
  duration: {
    value: 'duration',
    flag: '-d, --duration <time>',
    help: 'begin rounds for so long; with --rate: workflows for so long on each transport (default: 30s, or -n of them)',
    on: ['run', 'gate'],
    option: 'durationMs',
  },
  window: {
    value: 'duration',
    flag: '--window <time>',
    help: 'with a rate, the transports take turns of this length, in an order of chance; each turn ends when its last session has (default: a tenth of the duration)',
    on: ['run', 'gate'],
    option: 'windowMs',
  },
  ramp: {
    value: 'switch',
    flag: '--ramp',
    help: 'look for the rate that each transport just keeps up with: -d of it (default: 10s) or 20 workflows at one rate after another, from --rate (default: 1/s) on; with --threshold, one at which 95 % of the workflows are within it',
    on: ['run'],
    option: 'ramp',
  },
} as const satisfies SettingTable;
