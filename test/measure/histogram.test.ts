import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import {
  createHistogram,
  decodeBuckets,
  encodeHistogram,
  type Histogram,
  histogramOf,
  MAX_US,
  mergeHistogram,
  recordUs,
  summarise,
} from '../../src/measure/histogram.ts';

const durationsUs = fc.array(fc.integer({ min: 0, max: MAX_US }), { maxLength: 200 });

describe('summarise', () => {
  it('gives exact moments and nearest-rank percentiles of 1 to 100 µs', () => {
    const metric = summarise(histogramOf(Array.from({ length: 100 }, (_, index) => index + 1)));
    expect(metric).toMatchObject({ unit: 'us', count: 100, min: 1, max: 100 });
    expect(metric).toMatchObject({ p50: 50, p90: 90, p95: 95, p99: 99 });
    expect(metric.mean).toBeCloseTo(50.5, 12);
    expect(metric.stddev).toBeCloseTo(Math.sqrt((100 ** 2 - 1) / 12), 12);
  });

  it('says null, not 0, where nothing was recorded', () => {
    const { unit, count, ...figures } = summarise(createHistogram());
    expect({ unit, count }).toEqual({ unit: 'us', count: 0 });
    expect(Object.values(figures)).toEqual(Array(9).fill(null));
  });

  it('keeps percentiles at or below the exact max, above which the bucket ends', () => {
    const metric = summarise(histogramOf([1_234_567]));
    expect(metric.p99).toBe(1_234_567);
    expect(metric.max).toBe(1_234_567);
  });

  it('is what a decoded blob gives, read by the library alone', () => {
    fc.assert(
      fc.property(
        durationsUs.filter(({ length }) => length > 0),
        (values) => {
          const metric = summarise(histogramOf(values));
          const blob = decodeFromCompressedBase64(metric.histogram ?? '');
          expect(blob.totalCount).toBe(values.length);
          for (const percentile of [50, 90, 95, 99] as const) {
            const read = Math.min(blob.getValueAtPercentile(percentile), metric.max ?? NaN);
            expect(metric[`p${percentile}`]).toBe(read);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('stays within three significant digits of the exact nearest rank', () => {
    fc.assert(
      fc.property(
        durationsUs.filter(({ length }) => length > 0),
        (values) => {
          const ascending = values.toSorted((a, b) => a - b);
          const exact = ascending[Math.ceil(values.length / 2) - 1] ?? NaN;
          const p50 = summarise(histogramOf(values)).p50 ?? NaN;
          expect(p50).toBeGreaterThanOrEqual(exact);
          expect(p50 - exact).toBeLessThanOrEqual(exact / 1000);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('recordUs', () => {
  it('clamps what is longer than an hour, and counts it', () => {
    const histogram = histogramOf([MAX_US, MAX_US + 1, 10 * MAX_US]);
    expect(histogram.clamped).toBe(2);
    expect(summarise(histogram)).toMatchObject({ count: 3, min: MAX_US, max: MAX_US, p99: MAX_US });
  });

  it.each([
    { why: 'a clock that ran backwards', us: -1 },
    { why: 'no number', us: NaN },
  ])('refuses $why', ({ us }) => {
    expect(() => {
      recordUs(createHistogram(), us);
    }).toThrow(RangeError);
  });
});

describe('mergeHistogram', () => {
  it('gives what recording everything into one gives', () => {
    fc.assert(
      fc.property(durationsUs, durationsUs, (left, right) => {
        const merged = histogramOf(left);
        mergeHistogram(merged, histogramOf(right));
        const { mean, stddev, ...rest } = summarise(merged);
        const {
          mean: directMean,
          stddev: directStddev,
          ...direct
        } = summarise(histogramOf([...left, ...right]));
        expect(rest).toEqual(direct);
        expect(relative(mean, directMean)).toBeLessThan(1e-9);
        // Both come from sums of squares up to the largest value: that is the scale of the rounding.
        expect(Math.abs((stddev ?? 0) - (directStddev ?? 0))).toBeLessThanOrEqual(
          (rest.max ?? 0) * 1e-9,
        );
      }),
      { numRuns: 30 },
    );
  });

  it('adds up what was clamped', () => {
    const target = histogramOf([MAX_US + 1]);
    mergeHistogram(target, histogramOf([MAX_US + 1, 5]));
    expect(target.clamped).toBe(2);
  });
});

describe('decodeBuckets', () => {
  it('gives back every count', () => {
    fc.assert(
      fc.property(durationsUs, (values) => {
        const histogram = histogramOf(values);
        const decoded = decodeBuckets(encodeHistogram(histogram));
        expect(decoded.totalCount).toBe(values.length);
        expect(encodeHistogram({ ...histogram, buckets: decoded })).toBe(
          encodeHistogram(histogram),
        );
      }),
      { numRuns: 30 },
    );
  });

  const good = encodeHistogram(histogramOf([1, 1000, 1_000_000]));
  it.each([
    { why: 'empty text', text: '', reason: 'no base64' },
    { why: 'prose', text: 'not a histogram!', reason: 'no base64' },
    {
      why: 'another thing in base64',
      text: btoa('hello, histogram'),
      reason: 'no compressed HdrHistogram V2',
    },
    { why: 'cut in the middle', text: good.slice(0, (good.length / 2) & ~3), reason: 'cut short' },
    { why: 'one byte changed', text: damaged(good), reason: 'damaged' },
    {
      why: 'other things compressed',
      text: wrapped(Buffer.from('hello')),
      reason: 'inside the compressed part',
    },
    {
      why: 'counts shorter than said',
      text: wrapped(header({ payloadBytes: 5 })),
      reason: 'counts cut short',
    },
    {
      why: 'another precision',
      text: wrapped(header({ digits: 2 })),
      reason: '3 significant digits',
    },
    { why: 'another range', text: wrapped(header({ highest: 1000n })), reason: '1 µs to 1 h' },
    { why: 'a bomb', text: wrapped(Buffer.alloc(50_000_000)), reason: 'damaged' },
  ])('refuses $why', ({ text, reason }) => {
    expect(() => decodeBuckets(text)).toThrow(reason);
  });

  it('never takes arbitrary text for a histogram', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(() => decodeBuckets(text)).toThrow(Error);
      }),
    );
  });
});

it('knows the empty histogram', () => {
  const histogram: Histogram = createHistogram();
  expect(decodeBuckets(encodeHistogram(histogram)).totalCount).toBe(0);
});

function relative(a: number | null, b: number | null): number {
  return Math.abs((a ?? 0) - (b ?? 0)) / Math.max(Math.abs(a ?? 0), 1);
}

function damaged(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  const middle = bytes.length - 6;
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
  return bytes.toString('base64');
}

function wrapped(plain: Buffer): string {
  const compressed = deflateSync(plain);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x1c849314, 0);
  head.writeUInt32BE(compressed.length, 4);
  return Buffer.concat([head, compressed]).toString('base64');
}

function header({ payloadBytes = 0, digits = 3, highest = BigInt(MAX_US) }): Buffer {
  const plain = Buffer.alloc(40);
  plain.writeUInt32BE(0x1c849313, 0);
  plain.writeUInt32BE(payloadBytes, 4);
  plain.writeUInt32BE(digits, 12);
  plain.writeBigUInt64BE(1n, 16);
  plain.writeBigUInt64BE(highest, 24);
  return plain;
}
