import { describe, expect, it } from 'vitest';
import type { ThresholdCheck } from '../../src/compare/gate/report.ts';
import { checkThresholds, requireTransports } from '../../src/compare/gate/threshold-checks.ts';
import { parseThreshold } from '../../src/compare/gate/thresholds.ts';
import { UsageError } from '../../src/errors.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import { madeUpResult } from '../result/made-up.ts';

/** Workflows of 1, 2, 3 … seconds over `ws`, the last `failed` of them failed. */
function seconds(rounds: number, failed = 0): ReturnType<typeof madeUpResult> {
  return madeUpResult({
    transports: ['ws'],
    rounds,
    steps: 1,
    edit: (made: RoundRecord[]) => {
      made.forEach((round, index) => {
        const workflow = round.workflows['ws'];
        if (workflow === undefined) return;
        workflow.e2eUs = (index + 1) * 1_000_000;
        if (index >= rounds - failed) workflow.state = 'failed';
      });
    },
  });
}

function check(text: string, rounds: number, failed = 0): ThresholdCheck | undefined {
  return checkThresholds([parseThreshold(text, 'here')], seconds(rounds, failed))[0];
}

describe('where WebSocket was refused and HTTP took over', () => {
  it.each([
    ['workflow_e2e: max<20s', 'inconclusive', 'it was fast enough, but it was not WebSocket'],
    ['workflow_e2e: max<2s', 'crossed', 'too slow is too slow'],
    ['failed: count<1', 'pass', 'what is no time is counted as ever'],
  ])('%s: %s, as %s', (text, verdict) => {
    const made = seconds(10);
    const first = made.rounds[0]?.workflows['ws'];
    if (first !== undefined) first.fellBack = true;
    const [found] = checkThresholds([parseThreshold(text, 'here')], made);
    expect(found?.verdict).toBe(verdict);
    if (verdict === 'inconclusive')
      expect(found?.message).toContain('1 workflows went on over HTTP');
  });
});

describe('a limit of the ratio to another transport', () => {
  it.each([
    { text: 'ws.ratio_to_base: med<0.95', verdict: 'pass', why: 'a tenth less than http' },
    { text: 'ws.ratio_to_kept_http: med<0.95', verdict: 'pass', why: 'and than http-keepalive' },
    { text: 'ws.ratio_to_kept_http: med<0.85', verdict: 'crossed', why: 'not that much less' },
    {
      text: 'http-keepalive.ratio_to_kept_http: med<1',
      verdict: 'inconclusive',
      why: 'not held against itself',
    },
    { text: 'http.ratio_to_base: med<=1', verdict: 'inconclusive', why: 'the base has none' },
  ])('$text: $verdict, $why', ({ text, verdict }) => {
    const [found] = checkThresholds([parseThreshold(text, 'here')], madeUpResult());
    expect(found).toMatchObject({ verdict });
  });
});

describe('thresholds', () => {
  it.each([
    { text: 'workflow_e2e: max<10s', rounds: 10, failed: 0, verdict: 'crossed', why: 'not below' },
    { text: 'workflow_e2e: max<=10s', rounds: 10, failed: 0, verdict: 'pass', why: 'just kept' },
    { text: 'workflow_e2e: min>=1s', rounds: 10, failed: 0, verdict: 'pass', why: 'the other way' },
    { text: 'workflow_e2e: avg<5.4s', rounds: 10, failed: 0, verdict: 'crossed', why: 'is 5.5 s' },
    { text: 'workflow_e2e: med<6s', rounds: 10, failed: 0, verdict: 'pass', why: 'nearest rank' },
    { text: 'workflow_e2e: med<1s', rounds: 5, failed: 0, verdict: 'inconclusive', why: 'below 6' },
    {
      text: 'workflow_e2e: p(95)<1s',
      rounds: 71,
      failed: 0,
      verdict: 'inconclusive',
      why: 'a p95 needs 72',
    },
    { text: 'workflow_e2e: p(95)<1s', rounds: 72, failed: 0, verdict: 'crossed', why: 'has 72' },
    { text: 'failed: rate<10%', rounds: 10, failed: 1, verdict: 'crossed', why: 'is 10 %' },
    { text: 'failed: count<2', rounds: 10, failed: 1, verdict: 'pass', why: 'is 1' },
    {
      text: 'workflow_e2e: max<10s',
      rounds: 10,
      failed: 10,
      verdict: 'inconclusive',
      why: 'nothing completed',
    },
    {
      text: 'workflow_e2e: med<7s',
      rounds: 10,
      failed: 4,
      verdict: 'pass',
      why: 'failures are no times',
    },
    {
      text: 'workflow_e2e_adj: med<100s',
      rounds: 10,
      failed: 6,
      verdict: 'crossed',
      why: 'the median workflow failed',
    },
    { text: 'requests: avg==1', rounds: 10, failed: 0, verdict: 'pass', why: 'per workflow' },
    { text: 'requests: count==10', rounds: 10, failed: 0, verdict: 'pass', why: 'of all' },
  ])('$text over $rounds workflows, $failed failed: $verdict ($why)', (row) => {
    expect(check(row.text, row.rounds, row.failed)?.verdict).toBe(row.verdict);
  });

  it('names metric, value, limit and interval in one line', () => {
    const { message, value, interval } = check('workflow_e2e: med<2s', 10) ?? {};
    expect(value).toBeGreaterThan(4_900_000);
    expect(interval?.lower).toBeLessThan(value ?? 0);
    expect(interval?.upper).toBeGreaterThan(value ?? Infinity);
    expect(message).toMatch(
      /^ws\.workflow_e2e med is \d+ ms \(95 % interval \d+ ms to \d+ ms\), limit < 2000 ms$/,
    );
  });

  it('says that a percentile falls on a failure, and never NaN', () => {
    const { message, value } = check('workflow_e2e_adj: med<2s', 10, 6) ?? {};
    expect(value).toBeNull();
    expect(message).toContain('is a failure');
    expect(message).not.toContain('NaN');
  });

  it('holds for each transport unless it names one', () => {
    const result = madeUpResult();
    const of = (text: string): string[] =>
      checkThresholds([parseThreshold(text, 'here')], result).map(({ transport }) => transport);
    expect(of('workflow_e2e: max<1h')).toEqual(['http', 'http-keepalive', 'ws']);
    expect(of('http-keepalive.workflow_e2e: max<1h')).toEqual(['http-keepalive']);
  });

  it('must name a transport that runs', () => {
    const thresholds = [parseThreshold('ws-full.failed: rate<1%', 'here')];
    expect(() => {
      requireTransports(thresholds, ['http', 'ws']);
    }).toThrow(UsageError);
    requireTransports(thresholds, ['http', 'ws-full']);
  });
});
