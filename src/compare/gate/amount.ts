import { formatBytes, formatMs } from '../../units.ts';
import type { ThresholdUnit } from './thresholds.ts';

/** A value in its unit, as people read it. */
export function amount(value: number, unit: ThresholdUnit): string {
  if (value === Infinity) return 'a failure';
  switch (unit) {
    case 'us':
      return formatMs(value);
    case 'bytes':
      return formatBytes(value);
    case 'count':
      return Number.isInteger(value) ? String(value) : value.toFixed(2);
    case 'share':
      return `${Number((value * 100).toPrecision(3))} %`;
  }
}
