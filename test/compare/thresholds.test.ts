import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatThreshold,
  parseThreshold,
  type Threshold,
} from '../../src/compare/gate/thresholds.ts';
import { UsageError } from '../../src/errors.ts';

const plain = { level: 'error', abortOnFail: false } as const;

describe('the grammar of thresholds', () => {
  it.each<{ why: string; text: string; threshold: Threshold }>([
    {
      why: 'a percentile of a transport in seconds',
      text: 'ws.workflow_e2e: p(95)<4s',
      threshold: {
        ...plain,
        transport: 'ws',
        metric: 'workflow_e2e',
        aggregate: { percentile: 95 },
        operator: '<',
        value: 4e6,
      },
    },
    {
      why: 'a fraction of a percentile, and spaces anywhere',
      text: ' http-keepalive.step_ttft :  p( 99.9 )  <=  250ms ',
      threshold: {
        ...plain,
        transport: 'http-keepalive',
        metric: 'step_ttft',
        aggregate: { percentile: 99.9 },
        operator: '<=',
        value: 250_000,
      },
    },
    {
      why: 'no transport is every transport, a number alone is milliseconds, as in k6',
      text: 'tpot: avg<12.5',
      threshold: {
        ...plain,
        transport: '*',
        metric: 'tpot',
        aggregate: 'avg',
        operator: '<',
        value: 12_500,
      },
    },
    {
      why: 'a star is every transport; how many samples is no duration',
      text: '*.handshake: count==1',
      threshold: {
        ...plain,
        transport: '*',
        metric: 'handshake',
        aggregate: 'count',
        operator: '==',
        value: 1,
      },
    },
    {
      why: 'a share in percent',
      text: 'http.failed: rate<1%',
      threshold: {
        ...plain,
        transport: 'http',
        metric: 'failed',
        aggregate: 'rate',
        operator: '<',
        value: 0.01,
      },
    },
    {
      why: 'a counter',
      text: 'ws.reconnects: count<5',
      threshold: {
        ...plain,
        transport: 'ws',
        metric: 'reconnects',
        aggregate: 'count',
        operator: '<',
        value: 5,
      },
    },
    {
      why: 'bytes per workflow',
      text: 'ws.bytes_sent: avg<=600KB',
      threshold: {
        ...plain,
        transport: 'ws',
        metric: 'bytes_sent',
        aggregate: 'avg',
        operator: '<=',
        value: 600_000,
      },
    },
    {
      why: 'one that only warns',
      text: 'warn: ws.workflow_e2e_adj: med!=0s',
      threshold: {
        ...plain,
        transport: 'ws',
        metric: 'workflow_e2e_adj',
        aggregate: 'med',
        operator: '!=',
        value: 0,
        level: 'warn',
      },
    },
    {
      why: 'one that stops the run',
      text: 'abort:failed: count>=3',
      threshold: {
        ...plain,
        transport: '*',
        metric: 'failed',
        aggregate: 'count',
        operator: '>=',
        value: 3,
        abortOnFail: true,
      },
    },
  ])('reads $text: $why', ({ text, threshold }) => {
    expect(parseThreshold(text, '--threshold')).toEqual(threshold);
  });

  it.each([
    { text: '', why: 'nothing', says: 'expected a threshold' },
    { text: 'ws.workflow_e2e', why: 'no limit', says: 'expected a threshold' },
    { text: 'ws.workflow_e2e: p(95)=<4s', why: 'no such operator', says: 'expected a threshold' },
    { text: 'ws.workflow_e2e: p(95)<4s 5s', why: 'two values', says: 'expected a threshold' },
    { text: 'ws.speed: p(95)<4s', why: 'no such metric', says: 'workflow_e2e' },
    { text: 'ws.workflow_e2e: p(0)<4s', why: 'no percentile', says: 'between 0 and 100' },
    { text: 'ws.workflow_e2e: p(100)<4s', why: 'that is max', says: 'between 0 and 100' },
    { text: 'ws.workflow_e2e: p95<4s', why: 'k6 writes p(95)', says: 'p(95), avg, med' },
    { text: 'ws.workflow_e2e: rate<1%', why: 'a duration has no rate', says: 'p(95), avg, med' },
    { text: 'ws.failed: p(95)<1', why: 'failures have no percentile', says: 'rate, count' },
    { text: 'ws.reconnects: max<5', why: 'a counter is one number', says: 'count, avg' },
    { text: 'ws.workflow_e2e: p(95)<4parsecs', why: 'no such unit', says: 'duration' },
    { text: 'ws.reconnects: count<5s', why: 'a count has no unit', says: 'plain number' },
    { text: 'ws.failed: rate<5', why: 'a share of 500 %', says: 'share' },
    { text: 'ws.failed: rate<101%', why: 'more than all', says: 'share' },
    { text: 'warn: warn: failed: rate<1%', why: 'said twice', says: 'expected a threshold' },
    { text: 'warn: abort: failed: rate<1%', why: 'two ends', says: 'got both' },
  ])('refuses $text: $why', ({ text, says }) => {
    const parse = (): unknown => parseThreshold(text, '--threshold');
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/^--threshold: /);
    expect(parse).toThrow(says);
  });

  it('reads what it writes', () => {
    const percentile = fc.double({ min: 0.001, max: 99.999, noNaN: true }).map((each) => ({
      percentile: Number(each.toFixed(3)),
    }));
    const [durations, counters, failed] = [
      fc.record({
        metric: fc.constantFrom('workflow_e2e', 'step_ttft', 'inter_token'),
        aggregate: fc.oneof(percentile, fc.constantFrom('avg', 'med', 'min', 'max', 'count')),
        value: fc.nat(),
      }),
      fc.record({
        metric: fc.constantFrom('bytes_sent', 'requests', 'payload_bytes_sent'),
        aggregate: fc.constantFrom('count', 'avg'),
        value: fc.nat(),
      }),
      fc.record({
        metric: fc.constant('failed'),
        aggregate: fc.constant('rate'),
        value: fc.nat({ max: 1000 }).map((each) => each / 1000),
      }),
    ];
    const rest = fc.record({
      transport: fc.constantFrom('*', 'ws', 'http-keepalive', 'ws-full'),
      operator: fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
      mark: fc.constantFrom(
        plain,
        { level: 'warn', abortOnFail: false },
        { level: 'error', abortOnFail: true },
      ),
    });
    fc.assert(
      fc.property(fc.oneof(durations, counters, failed), rest, (what, { mark, ...how }) => {
        const threshold = { ...what, ...how, ...mark } as Threshold;
        const { value, ...others } = parseThreshold(formatThreshold(threshold), 'here');
        const { value: written, ...expected } = threshold;
        expect(others).toEqual(expected);
        expect(value).toBeCloseTo(written, 6);
      }),
    );
  });

  it('throws nothing but UsageError, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        try {
          parseThreshold(text, 'here');
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
