import type { Grammar, Setting } from '../../src/app/options/settings/setting.ts';

/** Every documented kind of value of a grammar. */
const examples: Partial<Record<Grammar, readonly string[]>> = {
  text: ['some-name'],
  headers: ['x-tenant: 7', 'authorization: Basic abc'],
  count: ['1', '20'],
  whole: ['0', '20'],
  // Within the range of every setting; --min-abs, which has none, tries all units.
  duration: ['40ms', '1.5s', '2s', '1m'],
  durationOrNone: ['none', '40ms', '5m'],
  rate: ['64kbps', '50Mbps', '1Gbps'],
  frequency: ['20', '0.5/s', '30/m'],
  percent: ['5%', '0.5%'],
  toolTime: ['recorded', 'none', '0', '0.5', '2'],
};

/** Every documented kind of value of a setting; empty for a flag that takes none. */
export function documentedValues({ value, choices, examples: own }: Setting): readonly string[] {
  return choices ?? own ?? examples[value] ?? [];
}

/** The long form of a setting's flag. */
export function longFlag({ flag }: Setting): string {
  return /--[a-z-]+/.exec(flag)?.[0] ?? flag;
}
