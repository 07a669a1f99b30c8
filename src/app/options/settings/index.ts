import { costSettings } from './cost.ts';
import { endpointSettings } from './endpoint.ts';
import { limitSettings } from './limits.ts';
import { linkSettings } from './link.ts';
import { loadSettings } from './load.ts';
import { measureSettings } from './measure.ts';
import { outputSettings } from './output.ts';
import { recoverySettings } from './recovery.ts';
import { requestSettings } from './request.ts';
import { roundSettings } from './rounds.ts';
import type { CommandName, Setting, ValueOf } from './setting.ts';

/** Every setting of `run`, `gate`, `compare` and `report`: a new flag is a row in one of these. */
export const settings = {
  ...endpointSettings,
  ...requestSettings,
  ...linkSettings,
  ...roundSettings,
  ...loadSettings,
  ...measureSettings,
  ...recoverySettings,
  ...limitSettings,
  ...costSettings,
  ...outputSettings,
};

export type SettingName = keyof typeof settings;

/** A command's settings under one heading of its help. */
export interface SettingGroup {
  heading: string | undefined;
  settings: Readonly<Record<string, Setting>>;
}

const request: SettingGroup = { heading: 'What requests carry:', settings: requestSettings };
const link: SettingGroup = {
  heading: 'Emulated link (adds to the real path; works without root):',
  settings: linkSettings,
};
const measure: SettingGroup = {
  heading: 'How to measure:',
  settings: { ...roundSettings, ...loadSettings, ...measureSettings },
};
const recovery: SettingGroup = { heading: 'When something fails:', settings: recoverySettings };
const limits: SettingGroup = {
  heading: 'What must be kept (exit codes 99, 3, 5, 4):',
  settings: limitSettings,
};
const cost: SettingGroup = { heading: 'Endpoints that cost money:', settings: costSettings };
const output: SettingGroup = { heading: 'Output:', settings: outputSettings };

function endpoint(heading: string): SettingGroup {
  return { heading, settings: endpointSettings };
}

function plain({ settings }: SettingGroup): SettingGroup {
  return { heading: undefined, settings };
}

/** The groups of every command, in the order of its help. */
export const settingGroups: Readonly<Record<CommandName, readonly SettingGroup[]>> = {
  run: [endpoint('What to measure:'), request, link, measure, recovery, limits, cost, output],
  gate: [
    limits,
    endpoint('Two endpoints in one job, every round on both:'),
    ...[request, link, measure, recovery, cost, output],
  ],
  compare: [plain(limits), plain(output)],
  report: [plain(output)],
  merge: [plain(output)],
  doctor: [plain(endpoint(''))],
};

/** The flags of a command as they are handed over; which of them are always there, the table says. */
export type FlagsOf<Command extends CommandName> = {
  [Name in NamesOn<Command> as IsAlwaysThere<Name> extends true ? Name : never]: ValueOf<
    (typeof settings)[Name]
  >;
} & {
  [Name in NamesOn<Command> as IsAlwaysThere<Name> extends true ? never : Name]?: ValueOf<
    (typeof settings)[Name]
  >;
};

type NamesOn<Command extends CommandName> = {
  [Name in SettingName]: Command extends (typeof settings)[Name]['on'][number] ? Name : never;
}[SettingName];

type IsAlwaysThere<Name extends SettingName> = (typeof settings)[Name] extends
  | { value: 'off' }
  | { preset: string }
  ? true
  : false;
