import type { SettingTable } from './setting.ts';

/** The settings of what a round runs, how many there are, and what ends them sooner; checked together by `stop.ts`. */
export const roundSettings = {
  transports: {
    value: 'list',
    flag: '-t, --transports <list>',
    help: 'transports, the first is the base, or all',
    default: { run: 'http,http-keepalive,ws', gate: 'http-keepalive,ws' },
    on: ['run', 'gate'],
    examples: ['all', 'http,ws', 'ws'],
  },
  iterations: {
    value: 'count',
    flag: '-n, --iterations <n>',
    help: 'measured rounds',
    default: { run: '10', gate: '20' },
    on: ['run', 'gate'],
    option: 'iterations',
  },
  until: {
    value: 'percent',
    flag: '--until <percent>',
    help: 'go on until every 95 % interval of workflow_e2e is within ± this share of its middle; -n is then the least (default: 6)',
    on: ['run', 'gate'],
    option: 'until',
  },
  maxRounds: {
    value: 'count',
    flag: '--max-rounds <n>',
    help: 'rounds at most, with --until',
    default: '200',
    on: ['run', 'gate'],
    option: 'maxRounds',
  },
  shard: {
    value: 'text',
    flag: '--shard <i/n>',
    help: "this machine's part of a run on n machines: its rounds (-n for each) and draws are its own, the bytes are the same; auto or auto/n takes i from a Kubernetes Indexed Job, a Slurm array or AWS Batch; merge makes one result of them",
    on: ['run'],
    examples: ['1/4', '4/4'],
  },
  startAt: {
    value: 'text',
    flag: '--start-at <time>',
    help: "wait until this machine's clock shows that time, so that shards begin together: 2026-11-28T12:00:00Z, or @ and seconds since 1970",
    on: ['run'],
    examples: ['2099-12-31T23:59:59Z', '@4102444800'],
  },
  maxTime: {
    value: 'duration',
    flag: '--max-time <time>',
    help: 'begin no measured round later than this after the first',
    on: ['run', 'gate'],
    option: 'maxTimeMs',
  },
} as const satisfies SettingTable;
