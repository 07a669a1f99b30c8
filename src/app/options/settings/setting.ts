import type { LoadStage } from './stages.ts';

/** Commands that take settings from this table. */
export type CommandName = 'run' | 'gate' | 'compare' | 'report' | 'merge' | 'doctor';

/** The grammars that values are written in, each with what a value is once it was read. */
export interface Values {
  /** A flag that is given or not. */
  switch: true;
  /** A flag `--no-…`: on unless given. */
  off: boolean;
  text: string;
  /** Names with commas between them. */
  list: string[];
  /** One each time that the flag is given. */
  texts: string[];
  headers: Record<string, string>;
  /** A whole number from 1 on. */
  count: number;
  /** A whole number from 0 on. */
  whole: number;
  /** Milliseconds. */
  duration: number;
  durationOrNone: number | 'none';
  /** Bits per second. */
  rate: number;
  /** Times per second. */
  frequency: number;
  stages: LoadStage[];
  /** A share: 0.05 is 5 %. */
  percent: number;
  toolTime: 'recorded' | 'none' | number;
  countOrAuto: number | 'auto';
  /** One of a few words. */
  choice: string;
}

export type Grammar = keyof Values;

/** One setting: all that flags, help, config file, defaults and checks are drawn from. */
export interface Setting {
  value: Grammar;
  /** The words of a choice. */
  choices?: readonly string[];
  /** As commander takes it: `-n, --iterations <n>`. */
  flag: string;
  help: Said;
  /** The commands that have it. */
  on: readonly CommandName[];
  /** What holds where it isn't given, as a user would write it; stands at the end of its help. */
  default?: Said;
  /** A default that the flag itself has, so that it is never absent. */
  preset?: string;
  /** The key of the library's options that its value goes to; absent where it takes more than a copy. */
  option?: string;
  /** The least and the most of an option, as a user would write them. */
  range?: readonly [least: string, most: string];
  /** For people at a terminal: no config file holds it. */
  attended?: true;
  /** A remark in the schema of the config file. */
  remark?: string;
  /** Every documented kind of value, where its grammar alone doesn't show them. */
  examples?: readonly string[];
}

/** The same on every command, or each command's own words. */
type Said = string | Readonly<Partial<Record<CommandName, string>>>;

/** What a setting's value is once it was read. */
export type ValueOf<Row extends Setting> = Row extends { choices: readonly (infer Word)[] }
  ? Word
  : Values[Row['value']];

export type SettingTable = Readonly<Record<string, Setting>>;

/** The text for one command, of those that differ from command to command. */
export function saidOn(command: CommandName, said: Said | undefined): string | undefined {
  return typeof said === 'object' ? said[command] : said;
}
