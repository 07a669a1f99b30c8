import type { SettingTable } from './setting.ts';

/** The settings of the limits that a result must keep, and of how two results are compared. */
export const limitSettings = {
  threshold: {
    value: 'texts',
    flag: '--threshold <limit>',
    help: "a limit such as 'ws.workflow_e2e: p(95)<4s' or 'failed: rate<1%'; warn: or abort: in front; repeatable",
    on: ['run', 'gate'],
    examples: [
      'ws.workflow_e2e: p(95)<4s',
      'failed: rate<1%',
      'warn: failed: rate<1%',
      'abort: failed: rate<1%',
    ],
  },
  baseline: {
    value: 'text',
    flag: '--baseline <result>',
    help: 'a result to compare with: a file, or the folder of a run',
    on: ['run', 'gate'],
  },
  maxRegression: {
    value: 'percent',
    flag: '--max-regression <percent>',
    help: 'a slowdown up to this is allowed',
    default: '5%',
    on: ['run', 'gate', 'compare'],
  },
  minAbs: {
    value: 'duration',
    flag: '--min-abs <time>',
    help: 'a slowdown up to this is allowed too',
    default: '2ms',
    on: ['run', 'gate', 'compare'],
    examples: ['250us', '40ms', '1.5s', '5m'],
  },
  force: {
    value: 'switch',
    flag: '--force',
    help: 'compare results that were not measured alike, as advice',
    on: ['run', 'gate', 'compare'],
  },
  strict: {
    value: 'switch',
    flag: '--strict',
    help: 'exit code 4 if a check is inconclusive or the machine was unfit',
    on: ['run', 'gate'],
  },
  requireBaseline: {
    value: 'switch',
    flag: '--require-baseline',
    help: 'exit code 5 if the baseline is missing or not alike',
    on: ['run', 'gate'],
  },
} as const satisfies SettingTable;
