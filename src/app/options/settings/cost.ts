import type { SettingTable } from './setting.ts';

/** The settings that keep an endpoint from costing more than was meant. */
export const costSettings = {
  dryRun: {
    value: 'switch',
    flag: '--dry-run',
    help: 'print requests, tokens and bytes that would be sent; send nothing',
    on: ['run'],
    attended: true,
  },
  maxRequests: {
    value: 'count',
    flag: '--max-requests <n>',
    help: 'stop before one more request than this',
    on: ['run', 'gate'],
    option: 'maxRequests',
  },
  maxTokens: {
    value: 'count',
    flag: '--max-tokens <n>',
    help: 'stop before more tokens than this, in and out',
    on: ['run', 'gate'],
    option: 'maxTokens',
  },
  yes: {
    value: 'switch',
    flag: '--yes',
    help: { run: 'do not ask before sending to --url', gate: 'do not ask before sending' },
    on: ['run', 'gate'],
    attended: true,
  },
} as const satisfies SettingTable;
