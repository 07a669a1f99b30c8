import { formatBytes, signedPercent } from '../../../units.ts';
import type { Unit } from '../../blocks/chart.ts';
import { formatDuration, formatShare } from '../../text/figures.ts';

/** A scale from values to places. */
export interface Scale {
  at(value: number): number;
  /** Round values, a few of them. */
  ticks: readonly number[];
}

/** The ends of values and of places. */
type Ends = readonly [from: number, to: number];

/** A linear scale over round ends. */
export function linearScale([least, most]: Ends, [from, to]: Ends, count: number): Scale {
  const pace = roundPace((most - least) / count);
  const low = Math.floor(least / pace) * pace;
  const high = Math.max(Math.ceil(most / pace) * pace, low + pace);
  const at = (value: number): number => from + ((value - low) / (high - low)) * (to - from);
  const steps = Math.round((high - low) / pace);
  return { at, ticks: Array.from({ length: steps + 1 }, (_, step) => low + step * pace) };
}

/** A logarithmic scale; what isn't positive lies at its lower end. */
export function logScale([least, most]: Ends, [from, to]: Ends, count: number): Scale {
  const low = Math.log10(Math.max(least, 1));
  const high = Math.max(Math.log10(Math.max(most, 1)), low + 0.1);
  const margin = (high - low) * 0.05;
  const at = (value: number): number => {
    const share = (Math.log10(Math.max(value, 1)) - low + margin) / (high - low + 2 * margin);
    return from + Math.max(0, share) * (to - from);
  };
  const decades = Array.from({ length: 13 }, (_, exponent) => 10 ** exponent);
  for (const factors of [
    [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 5, 7],
    [1, 2, 5],
    [1, 3],
    [1],
  ]) {
    const ticks = decades
      .flatMap((decade) => factors.map((factor) => factor * decade))
      .filter((tick) => tick >= 10 ** (low - margin) && tick <= 10 ** (high + margin));
    if (ticks.length <= count + 2) return { at, ticks };
  }
  return { at, ticks: [] };
}

/** 1, 2, 2.5 or 5 times a power of ten, at least this. */
function roundPace(pace: number): number {
  if (!(pace > 0)) return 1;
  const decade = 10 ** Math.floor(Math.log10(pace));
  const factor = [1, 2, 2.5, 5].find((each) => each * decade >= pace) ?? 10;
  return factor * decade;
}

/** A value as a reader takes it. */
export function valueText(value: number, unit: Unit): string {
  const texts: Readonly<Record<Unit, (value: number) => string>> = {
    us: formatDuration,
    bytes: formatBytes,
    percent: (percent) => `${signedPercent(percent)} %`,
    share: formatShare,
  };
  return texts[unit](value);
}

/** A round value beside an axis: no more digits than it has. */
export function tickText(value: number, unit: Unit): string {
  if (unit === 'percent') return `${plain(value)} %`;
  if (unit === 'share') return `${plain(value * 100)} %`;
  if (unit === 'us') {
    return Math.abs(value) >= 10_000_000 ? `${plain(value / 1e6)} s` : `${plain(value / 1000)} ms`;
  }
  if (value >= 1e6) return `${plain(value / 1e6)} MB`;
  return value >= 1000 ? `${plain(value / 1000)} KB` : `${plain(value)} B`;
}

function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}
