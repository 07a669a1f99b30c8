import { InvalidArgumentError } from 'commander';
import type { Grammar, Values } from '../../app/options/settings/setting.ts';
import { parseStages } from '../../app/options/settings/stages.ts';
import { UsageError } from '../../errors.ts';
import {
  parseDurationMs,
  parsePerSecond,
  parseRateBitsPerSecond,
  parseSizeBytes,
} from '../../units.ts';

/** The parser of every grammar of settings; where there is none, commander's own will do. */
export const parsers: {
  readonly [Name in Grammar]?: (text: string, soFar: Values[Name] | undefined) => Values[Name];
} = {
  list,
  texts: collect,
  headers: header,
  count: wholeNumber(1),
  whole: wholeNumber(0),
  duration,
  // Commander makes an empty text of null, so that none stays a word until it is an option.
  durationOrNone: (text) => (text === 'none' ? text : duration(text)),
  rate,
  frequency: usage(parsePerSecond, 'Expected a rate such as 20, 0.5/s or 30/m.'),
  stages: usage(parseStages, 'Expected stages such as 30s:100,2m:100 or 30s:20/s,2m:20/s.'),
  percent,
  toolTime,
  countOrAuto: (text) => (text === 'auto' ? text : countOrAuto(text)),
};

/** A parser of flag values for commander: a whole number of at least `min`, and of at most `max`, if given. */
export function wholeNumber(min: number, max?: number): (text: string) => number {
  const range = max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > (max ?? Infinity)) {
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return value;
  };
}

/** A duration such as `40ms` or `2s`, in milliseconds. */
export function duration(text: string): number {
  try {
    return parseDurationMs(text, 'duration');
  } catch {
    throw new InvalidArgumentError('Expected a duration such as 250us, 40ms, 2s or 5m.');
  }
}

/** A rate such as `50Mbps`, in bits per second. */
function rate(text: string): number {
  try {
    return parseRateBitsPerSecond(text, 'rate');
  } catch {
    throw new InvalidArgumentError('Expected a rate such as 64kbps, 50Mbps or 1Gbps.');
  }
}

/** A parser of ours whose complaint becomes commander's. */
function usage<T>(
  parse: (text: string, where: string) => T,
  expected: string,
): (text: string) => T {
  return (text) => {
    try {
      return parse(text, '');
    } catch {
      throw new InvalidArgumentError(expected);
    }
  };
}

/** A size such as `64KB` or `10MiB`, in bytes. */
export function size(text: string): number {
  try {
    return parseSizeBytes(text, 'size');
  } catch {
    throw new InvalidArgumentError('Expected a size such as 64KB or 10MiB.');
  }
}

/** A percentage such as `5%`, as a share. */
export function percent(text: string): number {
  const digits = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (digits === undefined) throw new InvalidArgumentError('Expected a percentage such as 5%.');
  return Number(digits) / 100;
}

/** `recorded`, `none`, or a factor. */
function toolTime(text: string): 'recorded' | 'none' | number {
  if (text === 'recorded' || text === 'none') return text;
  if (!/^\d+(\.\d+)?$/.test(text)) {
    throw new InvalidArgumentError('Expected recorded, none, or a factor such as 0.5.');
  }
  return Number(text);
}

function countOrAuto(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1, or auto.');
}

/** Adds `Name: value` to the headers so far. */
function header(text: string, soFar: Record<string, string> | undefined): Record<string, string> {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    // The text may hold a secret, and commander would repeat it.
    throw new UsageError('--header: expected "Name: value", got something without a name');
  }
  return { ...soFar, [name]: value };
}

/** Comma-separated names. */
export function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** One value more of a repeatable flag. */
export function collect(text: string, soFar: string[] = []): string[] {
  return [...soFar, text];
}
