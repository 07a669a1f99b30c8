import { formatMs, signedPercent } from '../../units.ts';

/** The sign for no value, as in `formatMs`. */
export const DASH = '–';

const SECONDS_FROM_US = 10_000_000;

/** A duration in µs as people read it: milliseconds, from 10 s on seconds. */
export function formatDuration(us: number | null | undefined): string {
  if (us === null || us === undefined || us < SECONDS_FROM_US) return formatMs(us);
  return `${seconds(us)} s`;
}

/** A duration in µs in milliseconds without the unit, which a heading says once. */
export function plainMs(us: number): string {
  return formatMs(us).replace(/ ms$/, '');
}

/** A change in µs with its sign, a dash for none. */
export function signed(us: number, format: (us: number) => string): string {
  if (us === 0) return DASH;
  return us > 0 ? `+${format(us)}` : format(us);
}

/** Shortest to longest, the unit said once: `8050–8950 ms`. */
export function formatRange(minUs: number | null, maxUs: number | null): string {
  if (minUs === null || maxUs === null) return DASH;
  if (minUs === maxUs) return formatDuration(minUs);
  if (maxUs >= SECONDS_FROM_US) return `${seconds(minUs)}–${seconds(maxUs)} s`;
  return `${formatMs(minUs).replace(/ ms$/, '')}–${formatMs(maxUs)}`;
}

/** The time that a run took, in seconds up to ten minutes. */
export function formatElapsed(ms: number): string {
  const elapsedS = ms / 1000;
  if (elapsedS < 10) return `${elapsedS.toFixed(1)} s`;
  if (elapsedS < 600) return `${elapsedS.toFixed(0)} s`;
  const wholeS = Math.round(elapsedS);
  return `${Math.floor(wholeS / 60)} min ${wholeS % 60} s`;
}

/** A change as a signed percentage: `-12.1 %`, `+0.4 %`. */
export function formatChange(percent: number): string {
  return `${signedPercent(percent)} %`;
}

/** The change that a ratio of candidate to base stands for, in percent: 0.88 is -12. */
export function changeOf(ratio: number): number {
  return (ratio - 1) * 100;
}

/** An interval of changes in percent: `-15.0 to -9.0 %`. */
export function formatChangeRange(lowerPercent: number, upperPercent: number): string {
  return `${signedPercent(lowerPercent)} to ${signedPercent(upperPercent)} %`;
}

/** A share of a whole: `86 %`, `4.1 %`. */
export function formatShare(share: number | null): string {
  if (share === null) return DASH;
  return `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
}

/** A count with its noun: `1 round`, `10 rounds`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function seconds(us: number): string {
  const value = us / 1_000_000;
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
