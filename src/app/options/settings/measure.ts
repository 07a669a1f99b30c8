import type { SettingTable } from './setting.ts';

/** The settings of how to measure: each goes to the library's option of its name as it is. */
export const measureSettings = {
  warmup: {
    value: 'whole',
    flag: '-w, --warmup <n>',
    help: 'rounds before them, not measured',
    default: '1',
    on: ['run', 'gate'],
    option: 'warmup',
    range: ['0', '1000000'],
  },
  concurrency: {
    value: 'count',
    flag: '-c, --concurrency <n>',
    help: 'rounds in flight (default: 10 on the bundled mock, 1 with --url)',
    on: ['run', 'gate'],
    option: 'concurrency',
    range: ['1', '1000000'],
  },
  toolTime: {
    value: 'toolTime',
    flag: '--tool-time <recorded|none|factor>',
    help: 'scripted tool waits',
    default: 'recorded',
    on: ['run', 'gate'],
    option: 'toolTime',
    range: ['0', '1000'],
  },
  timeout: {
    value: 'duration',
    flag: '--timeout <time>',
    help: 'per step',
    default: '60s',
    on: ['run', 'gate'],
    option: 'timeoutMs',
    range: ['1ms', '1h'],
  },
  seed: {
    value: 'whole',
    flag: '--seed <n>',
    help: 'decides every byte and the order',
    default: '1',
    on: ['run', 'gate'],
    option: 'seed',
    range: ['0', '2147483647'],
  },
  calibrate: {
    value: 'off',
    flag: '--no-calibrate',
    help: 'do not measure our own error first, which takes about a second',
    on: ['run', 'gate'],
    option: 'calibrate',
  },
  aa: {
    value: 'switch',
    flag: '--aa',
    help: 'run the base twice: its difference from itself shows what no difference looks like',
    on: ['run'],
    option: 'aa',
  },
} as const satisfies SettingTable;
