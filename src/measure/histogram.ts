import { inflateSync } from 'node:zlib';
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
} from 'hdr-histogram-js';

/** Longest duration a histogram holds, in µs: one hour. Longer values are recorded as this and counted in `clamped`. */
export const MAX_US = 3_600_000_000;

/** Durations in µs: an HdrHistogram (three significant digits) and, beside it, the exact moments of what was recorded. */
export interface Histogram {
  readonly buckets: HdrHistogram;
  mean: number;
  /** Sum of squared deviations from the mean (Welford, Technometrics 1962). */
  squaredDeviations: number;
  min: number;
  max: number;
  /** How many values were longer than an hour. */
  clamped: number;
}

/** What a metric is counted in, and how many steps of a histogram make one of it. */
const stepsPer = { us: 1, 'tokens/s': 1000 } as const;

/** The unit of a metric. */
export type Unit = keyof typeof stepsPer;

/**
 * Summary of a metric, as a result holds it, in its unit; everything null where nothing was recorded.
 *
 * Mean, standard deviation (divisor n), min and max are exact. Percentiles are nearest-rank, read from the
 * histogram and never above max, so whoever decodes `histogram` (HdrHistogram V2, compressed, base64) finds the same.
 */
export interface Metric {
  unit: Unit;
  count: number;
  mean: number | null;
  stddev: number | null;
  min: number | null;
  max: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  histogram: string | null;
}

/** An empty histogram of 1 µs to 1 h. */
export function createHistogram(): Histogram {
  const buckets = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    numberOfSignificantValueDigits: 3,
  });
  return { buckets, mean: 0, squaredDeviations: 0, min: Infinity, max: 0, clamped: 0 };
}

/**
 * A duration in µs, rounded to an integer, goes into the histogram.
 * @throws RangeError if it is negative or no number: a clock that ran backwards must not pass unnoticed.
 */
export function recordUs(histogram: Histogram, us: number): void {
  if (!(us >= 0)) throw new RangeError(`a duration must be 0 µs or more, got ${us}`);
  if (us > MAX_US) histogram.clamped += 1;
  const value = Math.min(Math.round(us), MAX_US);
  histogram.buckets.recordValue(value);
  const deviation = value - histogram.mean;
  histogram.mean += deviation / histogram.buckets.totalCount;
  histogram.squaredDeviations += deviation * (value - histogram.mean);
  histogram.min = Math.min(histogram.min, value);
  histogram.max = Math.max(histogram.max, value);
}

/** A histogram of the given durations in µs. */
export function histogramOf(durationsUs: Iterable<number>): Histogram {
  const histogram = createHistogram();
  for (const us of durationsUs) recordUs(histogram, us);
  return histogram;
}

/** A histogram of rates, in thousandths of tokens per second: a slow model has few tokens in one. */
export function rateHistogramOf(tokensPerSecond: Iterable<number>): Histogram {
  const histogram = createHistogram();
  for (const rate of tokensPerSecond) recordUs(histogram, rate * stepsPer['tokens/s']);
  return histogram;
}

/** The sum of two histograms, in `target`; moments combine as in Chan, Golub & LeVeque (1979). */
export function mergeHistogram(target: Histogram, source: Histogram): void {
  const added = source.buckets.totalCount;
  if (added === 0) return;
  const before = target.buckets.totalCount;
  const distance = source.mean - target.mean;
  const total = before + added;
  target.buckets.add(source.buckets);
  target.mean += (distance * added) / total;
  target.squaredDeviations += source.squaredDeviations + (distance ** 2 * before * added) / total;
  target.min = Math.min(target.min, source.min);
  target.max = Math.max(target.max, source.max);
  target.clamped += source.clamped;
}

/** The histogram, in µs, that a summary was made of; of values above an hour only that they were as long is left. */
export function histogramOfMetric({ count, mean, stddev, min, max, histogram }: Metric): Histogram {
  if (histogram === null) return createHistogram();
  return {
    buckets: decodeBuckets(histogram),
    mean: mean ?? 0,
    squaredDeviations: (stddev ?? 0) ** 2 * count,
    min: min ?? Infinity,
    max: max ?? 0,
    clamped: 0,
  };
}

/** The buckets as HdrHistogram V2, compressed, base64. */
export function encodeHistogram(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram.buckets);
}

/**
 * The buckets of an encoded histogram.
 * @throws Error with the reason if the text is no histogram of ours.
 */
export function decodeBuckets(text: string): HdrHistogram {
  checkEncoding(text);
  return decodeFromCompressedBase64(text, 32);
}

/** Nearest-rank percentile in µs: the top of the bucket that holds it, but never above `maxUs`, the longest value recorded. */
export function percentileUs(buckets: HdrHistogram, percentile: number, maxUs: number): number {
  return Math.min(buckets.getValueAtPercentile(percentile), maxUs);
}

/** Nearest-rank percentile of a metric, in its unit, from its buckets. */
export function percentileIn(
  buckets: HdrHistogram,
  percentile: number,
  { unit, max }: { unit: Unit; max: number },
): number {
  return percentileUs(buckets, percentile, max * stepsPer[unit]) / stepsPer[unit];
}

/** A histogram as a result holds it. */
export function summarise(histogram: Histogram, unit: Unit = 'us'): Metric {
  const { buckets, mean, squaredDeviations, min } = histogram;
  const count = buckets.totalCount;
  if (count === 0) return { unit, ...emptyMetric };
  const steps = stepsPer[unit];
  const max = histogram.max / steps;
  const at = (percentile: number): number => percentileIn(buckets, percentile, { unit, max });
  return {
    unit,
    count,
    mean: mean / steps,
    stddev: Math.sqrt(squaredDeviations / count) / steps,
    min: min / steps,
    max,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    histogram: encodeHistogram(histogram),
  };
}

const emptyMetric: Omit<Metric, 'unit'> = {
  count: 0,
  mean: null,
  stddev: null,
  min: null,
  max: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  histogram: null,
};

const COMPRESSED_COOKIE = 0x1c849314;
const PLAIN_COOKIE = 0x1c849313;
const HEADER_BYTES = 40;
// Our largest payload, every bucket in use, stays below; a crafted blob must not unpack to gigabytes.
const MAX_UNPACKED_BYTES = 1024 ** 2;

/** The library trusts its input: a bad blob would be read as a histogram of something else. So we look first. */
function checkEncoding(text: string): void {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) throw new Error('no base64');
  const blob = Buffer.from(text, 'base64');
  if (blob.length < 8 || blob.readUInt32BE(0) !== COMPRESSED_COOKIE) {
    throw new Error('no compressed HdrHistogram V2');
  }
  if (blob.readUInt32BE(4) > blob.length - 8) throw new Error('histogram cut short');
  const plain = unpack(blob.subarray(8, 8 + blob.readUInt32BE(4)));
  if (plain.length < HEADER_BYTES || plain.readUInt32BE(0) !== PLAIN_COOKIE) {
    throw new Error('no HdrHistogram V2 inside the compressed part');
  }
  if (plain.readUInt32BE(4) !== plain.length - HEADER_BYTES) throw new Error('counts cut short');
  if (plain.readUInt32BE(12) !== 3 || plain.readBigUInt64BE(16) !== 1n) {
    throw new Error('not at 3 significant digits of 1 µs');
  }
  if (plain.readBigUInt64BE(24) !== BigInt(MAX_US)) throw new Error('not of 1 µs to 1 h');
}

function unpack(compressed: Uint8Array): Buffer {
  try {
    return inflateSync(compressed, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (cause) {
    throw new Error('the compressed part is damaged', { cause });
  }
}
