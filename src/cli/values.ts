import { InvalidArgumentError } from 'commander';
import { parseDurationMs } from '../units.ts';

/** A parser of flag values for commander: a whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
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

/** `recorded`, `none`, or a factor. */
export function toolTime(text: string): 'recorded' | 'none' | number {
  if (text === 'recorded' || text === 'none') return text;
  if (!/^\d+(\.\d+)?$/.test(text)) {
    throw new InvalidArgumentError('Expected recorded, none, or a factor such as 0.5.');
  }
  return Number(text);
}

/** Adds `Name: value` to the headers so far. */
export function header(
  text: string,
  soFar: Record<string, string> | undefined,
): Record<string, string> {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    // The text may hold a secret: it is not repeated.
    throw new InvalidArgumentError('Expected "Name: value".');
  }
  return { ...soFar, [name]: value };
}

/** Comma-separated names. */
export function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
