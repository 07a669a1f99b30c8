import { UsageError } from '../../errors.ts';
import { parseDurationMs } from '../../units.ts';
import type { Grammar, Setting, SettingTable, ValueOf } from './settings/setting.ts';

/** The options that settings go to as they are, by the names of the library. */
export type PlainOptions<Table extends SettingTable> = {
  [Name in keyof Table as OptionOf<Table[Name]>]?: OptionValue<Table[Name]>;
};

/** The same with the defaults of the table filled in; what has none there may be absent. */
export type ResolvedPlain<Table extends SettingTable> = {
  [Name in keyof Table as OptionOf<Table[Name]>]:
    | OptionValue<Table[Name]>
    | (HasDefault<Table[Name]> extends true ? never : undefined);
};

type OptionOf<Row extends Setting> = Row extends { option: infer Option extends string }
  ? Option
  : never;

type OptionValue<Row extends Setting> = Row['value'] extends 'switch'
  ? boolean
  : Row['value'] extends 'durationOrNone'
    ? number | null
    : ValueOf<Row>;

type HasDefault<Row extends Setting> = Row extends { default: string } | { value: 'switch' | 'off' }
  ? true
  : false;

/** The options that flags ask for: those that were given. */
export function plainOptions<Table extends SettingTable>(
  table: Table,
  flags: { readonly [Name in keyof Table]?: unknown },
): PlainOptions<Table> {
  const given = Object.entries(table).flatMap(([name, { option, value }]) => {
    const flag = flags[name];
    if (option === undefined || flag === undefined) return [];
    return [[option, value === 'durationOrNone' && flag === 'none' ? null : flag]];
  });
  return Object.fromEntries(given) as PlainOptions<Table>;
}

/**
 * The options of a table with its defaults filled in, every value held against its range.
 * @throws UsageError for the first value that is no good.
 */
export function resolvePlain<Table extends SettingTable>(
  table: Table,
  options: PlainOptions<Table>,
): ResolvedPlain<Table> {
  const given: Readonly<Record<string, unknown>> = options;
  const resolved = Object.entries(table).flatMap(([name, setting]) => {
    if (setting.option === undefined) return [];
    const value = given[setting.option] ?? absent(setting, given[setting.option]);
    if (typeof value === 'number') checkRange(name, setting, value);
    return [[setting.option, value]];
  });
  return Object.fromEntries(resolved) as ResolvedPlain<Table>;
}

/** What holds for an option that isn't given; null was given: it stands for none. */
function absent({ value, default: text }: Setting, given: unknown): unknown {
  if (given === null && value === 'durationOrNone') return null;
  if (value === 'switch') return false;
  if (value === 'off') return true;
  return typeof text === 'string' ? quantity(text) : undefined;
}

function checkRange(name: string, { value: grammar, range }: Setting, value: number): void {
  if (range === undefined) return;
  const [least, most] = range;
  const isWhole = grammar === 'count' || grammar === 'whole' || grammar === 'countOrAuto';
  const fits = value >= Number(quantity(least)) && value <= Number(quantity(most));
  if (fits && (!isWhole || Number.isInteger(value))) return;
  const kind = kinds[grammar] ?? 'a number';
  const unit = grammar === 'duration' || grammar === 'durationOrNone' ? ' ms' : '';
  throw new UsageError(
    `${words(name)}: expected ${kind} from ${least} to ${most}, got ${value}${unit}`,
  );
}

const kinds: Partial<Record<Grammar, string>> = {
  count: 'a whole number',
  whole: 'a whole number',
  countOrAuto: 'a whole number, or auto,',
  duration: 'a time',
  durationOrNone: 'a time',
  toolTime: 'a factor',
};

/** A number, a time in milliseconds, or a word, from how a user writes it. */
function quantity(text: string): number | string {
  if (/^\d+$/.test(text)) return Number(text);
  return /^\d/.test(text) ? parseDurationMs(text, 'default') : text;
}

/** `coolDown` as `cool down`. */
function words(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
