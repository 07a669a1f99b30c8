import type { SettingTable } from './setting.ts';

/** The emulated link on top of the real path. */
export const linkSettings = {
  link: {
    value: 'text',
    flag: '--link <preset>',
    help: 'lan, region, cross-country, intercontinental or mobile',
    on: ['run', 'gate'],
    examples: ['lan', 'region', 'cross-country', 'intercontinental', 'mobile'],
  },
  rtt: {
    value: 'duration',
    flag: '--rtt <time>',
    help: 'round-trip time, in place of a preset or of its own',
    on: ['run', 'gate'],
  },
  bandwidth: {
    value: 'rate',
    flag: '--bandwidth <rate>',
    help: 'per connection and direction',
    on: ['run', 'gate'],
  },
  jitter: {
    value: 'duration',
    flag: '--jitter <time>',
    help: 'each way, up to this much more',
    on: ['run', 'gate'],
  },
  slowStart: {
    value: 'off',
    flag: '--no-slow-start',
    help: 'connections start at full speed and stay there',
    on: ['run', 'gate'],
  },
  idleRestart: {
    value: 'off',
    flag: '--no-idle-restart',
    help: 'pauses cost no congestion window, as where tcp_slow_start_after_idle is 0',
    on: ['run', 'gate'],
  },
  linkCut: {
    value: 'duration',
    flag: '--link-cut <idle>',
    help: 'a connection idle for that long is dead, and nobody is told; alone, a link without delay',
    on: ['run', 'gate'],
  },
} as const satisfies SettingTable;
