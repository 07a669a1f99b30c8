import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/app/compare.ts';
import { gate } from '../../src/app/gate.ts';
import { fingerprintDifferences } from '../../src/compare/gate/fingerprint.ts';
import { type GateReport, gateReportSchema } from '../../src/compare/gate/report.ts';
import { parseThreshold } from '../../src/compare/gate/thresholds.ts';
import { gateReporters } from '../../src/report/index.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import type { Result } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

interface Doctored {
  factor?: number;
  rounds?: number;
  interleaved?: string;
  failed?: number;
  id?: string;
  cpuModel?: string;
  toolTime?: 'none';
}

/** The made-up result with all its end-to-end times multiplied, as one piece. */
function doctored(made: Doctored = {}): Result {
  const { factor = 1, rounds = 10, interleaved, failed = 0, id = 'other' } = made;
  const plain = madeUpResult({ rounds });
  const result = madeUpResult({
    rounds,
    run: {
      id,
      ...(interleaved !== undefined && { interleaved }),
      ...(made.toolTime && { options: { ...plain.run.options, toolTime: made.toolTime } }),
    },
    edit: (records: RoundRecord[]) => {
      for (const round of records) {
        for (const workflow of Object.values(round.workflows)) {
          workflow.e2eUs = Math.round(workflow.e2eUs * factor);
          if (round.index < failed) workflow.state = 'failed';
        }
      }
    },
  });
  const { cpuModel = 'Example CPU' } = made;
  return {
    ...result,
    run: { ...result.run, fingerprint: { ...result.run.fingerprint, cpuModel } },
  };
}

const base = doctored({ id: 'base' });

describe('a result measured on a machine that was unfit', () => {
  const unfit = (result: Result): Result => ({
    ...result,
    warnings: [{ code: 'unfit', message: 'unfit: our own event loop stood still' }],
  });
  const slow = doctored({ factor: 2 });

  it.each([
    ['the candidate', base, unfit(slow)],
    ['the base', unfit(base), slow],
    [
      'one of two interleaved',
      doctored({ interleaved: 'x' }),
      unfit(doctored({ interleaved: 'x', factor: 2 })),
    ],
  ])('leaves open whether it is slower, where it is %s', (_which, before, after) => {
    const report = gate(after, { baseline: before });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 0 });
    const times = report.checks.filter(({ metric }) => metric !== 'failed');
    expect(times.map((check) => check.kind === 'regression' && check.reason)).toEqual(
      times.map(() => 'unfit'),
    );
    expect(gate(after, { baseline: before, strict: true }).exitCode).toBe(4);
  });
});

it('a gate that checked nothing says so', () => {
  expect(gate(base)).toMatchObject({ verdict: 'none', exitCode: 0 });
  expect(gate(base, { baseline: { missing: 'no such file' } }).verdict).toBe('none');
});

describe('compare', () => {
  it('finds no difference of a result with itself', () => {
    const report = compareRuns(base, base);
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0, interleaved: false });
    expect(report.checks).toHaveLength(9);
    for (const { value, interval } of report.checks) {
      expect(value).toBeCloseTo(0);
      expect(interval?.lower).toBeCloseTo(0);
    }
    expect(gateReporters.table(report)).toContain('no difference');
  });

  it('finds a slowdown, and names metric, size and interval', () => {
    const report = compareRuns(base, doctored({ factor: 1.2 }));
    expect(report).toMatchObject({ verdict: 'regression', exitCode: 3 });
    const slower = report.checks.filter(({ verdict }) => verdict === 'regression');
    expect(slower.map(({ transport, metric }) => `${transport}.${metric}`)).toEqual([
      'http.workflow_e2e',
      'http-keepalive.workflow_e2e',
      'ws.workflow_e2e',
    ]);
    for (const { value, interval } of slower) {
      expect(value).toBeCloseTo(20, 1);
      expect(interval?.lower).toBeGreaterThan(5);
      expect(interval?.upper).toBeGreaterThan(20);
    }
    expect(gateReporters.table(report, { width: 200 })).toMatch(
      /regression: ws\.workflow_e2e: \d+ ms to \d+ ms, \+20\.0 % \(95 % interval \+\d/,
    );
  });

  it('takes a speed-up for no regression', () => {
    const report = compareRuns(base, doctored({ factor: 0.8 }));
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0 });
  });

  it('allows what the margin allows', () => {
    const margin = { relative: 0.3, absoluteUs: 0 };
    expect(compareRuns(base, doctored({ factor: 1.2 }), { margin }).exitCode).toBe(0);
    const wide = { relative: 0, absoluteUs: 10_000_000 };
    expect(compareRuns(base, doctored({ factor: 1.2 }), { margin: wide }).exitCode).toBe(0);
  });

  it('pairs the rounds of one interleaved job, and no others', () => {
    const before = doctored({ id: 'base', interleaved: 'job' });
    const paired = compareRuns(before, doctored({ factor: 1.2, interleaved: 'job' }));
    const unpaired = compareRuns(before, doctored({ factor: 1.2, interleaved: 'other' }));
    const tests = (report: typeof paired): unknown[] =>
      report.checks.map((check) => check.kind === 'regression' && check.test?.name);
    expect(paired.interleaved).toBe(true);
    expect(new Set(tests(paired))).toEqual(new Set(['wilcoxon']));
    expect(new Set(tests(unpaired))).toEqual(new Set(['mann-whitney']));
    expect(unpaired.warnings.map(({ code }) => code)).toContain('not_interleaved');
    // The same factor in every pair: no width at all.
    const e2e = paired.checks.find(({ metric }) => metric === 'workflow_e2e');
    expect(e2e?.interval?.lower).toBeCloseTo(20, 1);
    expect(e2e?.interval?.upper).toBeCloseTo(20, 1);
  });

  it('takes a candidate that completed nothing for a regression', () => {
    const report = compareRuns(base, doctored({ failed: 10 }));
    expect(report).toMatchObject({ verdict: 'regression', exitCode: 3 });
  });

  it('says inconclusive, and why, where there are too few rounds', () => {
    const report = compareRuns(
      doctored({ rounds: 5 }),
      doctored({ rounds: 5, factor: 2, id: 'b' }),
    );
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 0 });
    expect(gateReporters.table(report)).toContain('6 are needed');
  });

  it('refuses results that were not measured alike, naming each difference', () => {
    const other = doctored({ factor: 1.2, cpuModel: 'Another CPU', toolTime: 'none' });
    const compare = (): unknown => compareRuns(base, other);
    expect(compare).toThrow('cpuModel: Example CPU and Another CPU');
    expect(compare).toThrow('toolTime: recorded and none');
    const advice = compareRuns(base, other, { force: true });
    expect(advice).toMatchObject({ advisory: true, exitCode: 0 });
    expect(gateReporters.table(advice)).toContain('as advice only');
  });

  it('refuses another encryption of the mock, and other ways to go on after a failure', () => {
    const { options, endpoint } = base.run;
    const recovery = {
      ...{ retries: 0, retryPartial: false, fallback: true, coolDownMs: 30_000, rotateMs: null },
      ...{ pingIntervalMs: null, idleCloseMs: null, connectTimeoutMs: 10_000 },
    };
    const changed = (run: Partial<Result['run']>): Result => madeUpResult({ run });
    const retrying = (retries: number): Result =>
      changed({ options: { ...options, recovery: { ...recovery, retries } } });
    const url = endpoint.url.replace('https:', 'http:');
    const unencrypted = changed({ endpoint: { ...endpoint, url } });
    expect(() => compareRuns(base, unencrypted)).toThrow('connection: TLS and plain HTTP');
    expect(() => compareRuns(retrying(0), retrying(3))).toThrow('retries: 0 and 3');
    // From before results said so.
    expect(() => compareRuns(base, retrying(3))).not.toThrow();
    const real = { ...endpoint, kind: 'url', profile: null } as const;
    const gateways = [real, { ...real, url }].map((each) => changed({ endpoint: each }));
    expect(fingerprintDifferences(...(gateways as [Result, Result]))).toEqual([]);
  });
});

describe('gate', () => {
  const crossed = parseThreshold('ws.workflow_e2e: max<1ms', 'here');
  const kept = parseThreshold('ws.workflow_e2e: max<1h', 'here');
  const open = parseThreshold('ws.workflow_e2e: p(95)<1h', 'here');
  const slow = doctored({ factor: 1.2 });
  const otherCpu = doctored({ factor: 1.2, cpuModel: 'Another CPU' });

  it.each([
    { why: 'all kept', result: slow, options: { thresholds: [kept] }, code: 0 },
    { why: 'a threshold crossed', result: slow, options: { thresholds: [crossed] }, code: 99 },
    {
      why: 'one that only warns',
      result: slow,
      options: { thresholds: [{ ...crossed, level: 'warn' as const }] },
      code: 0,
    },
    { why: 'a regression', result: slow, options: { baseline: base }, code: 3 },
    {
      why: 'a threshold before a regression',
      result: slow,
      options: { baseline: base, thresholds: [crossed] },
      code: 99,
    },
    { why: 'inconclusive', result: slow, options: { thresholds: [open] }, code: 0 },
    {
      why: 'inconclusive, strictly',
      result: slow,
      options: { thresholds: [open], strict: true },
      code: 4,
    },
    {
      why: 'a regression before what is inconclusive',
      result: slow,
      options: { baseline: base, thresholds: [open], strict: true },
      code: 3,
    },
    { why: 'no baseline', result: slow, options: { baseline: { missing: 'x' } }, code: 0 },
    {
      why: 'no baseline where one is required',
      result: slow,
      options: { baseline: { missing: 'x' }, requireBaseline: true },
      code: 5,
    },
    {
      why: 'a missing baseline before what is inconclusive',
      result: slow,
      options: {
        baseline: { missing: 'x' },
        requireBaseline: true,
        thresholds: [open],
        strict: true,
      },
      code: 5,
    },
    {
      why: 'a baseline from another machine advises',
      result: otherCpu,
      options: { baseline: base },
      code: 0,
    },
    {
      why: 'a baseline from another machine where a like one is required',
      result: otherCpu,
      options: { baseline: base, requireBaseline: true },
      code: 5,
    },
    {
      why: 'nothing completed',
      result: doctored({ failed: 10 }),
      options: { thresholds: [crossed], strict: true },
      code: 1,
    },
  ])('$why: exit code $code', ({ result, options, code }) => {
    const report = gate(result, options);
    expect(report.exitCode).toBe(code);
    expect(gateReportSchema.parse(JSON.parse(gateReporters.json(report)))).toEqual(report);
  });

  it('compares nothing where the baseline did other work, unless forced', () => {
    const other = doctored({ factor: 1.2, toolTime: 'none' });
    expect(gate(other, { baseline: base }).checks).toEqual([]);
    const forced = gate(other, { baseline: base, force: true });
    expect(forced).toMatchObject({ advisory: true, exitCode: 0 });
    expect(forced.checks).toHaveLength(9);
  });

  it('takes more failures than before for a regression that no time shows', () => {
    const report = gate(doctored({ rounds: 20, failed: 8 }), {
      baseline: doctored({ rounds: 20, id: 'base' }),
    });
    expect(report.exitCode).toBe(3);
    expect(report.checks[0]).toMatchObject({ metric: 'failed', verdict: 'regression', value: 0.4 });
    const one = gate(doctored({ rounds: 20, failed: 1 }), {
      baseline: doctored({ rounds: 20, id: 'base' }),
    });
    expect(one.checks[0]).toMatchObject({ metric: 'failed', verdict: 'inconclusive' });
    expect(one.exitCode).toBe(0);
  });

  it.each([
    { failed: 5, verdict: 'inconclusive', p: 'adjusted for three transports, 0.086' },
    { failed: 7, verdict: 'regression', p: 'adjusted for three transports, 0.019' },
  ])('judges $failed failures of 60 exactly: $verdict ($p)', ({ failed, verdict }) => {
    const report = gate(doctored({ rounds: 60, failed }), {
      baseline: doctored({ rounds: 60, id: 'base' }),
    });
    expect(report.checks[0]).toMatchObject({ metric: 'failed', verdict, test: { name: 'fisher' } });
  });

  it('says that it cannot fail where no slowdown could become significant', () => {
    const twiceAsSlow = (rounds: number): GateReport =>
      gate(doctored({ rounds, factor: 2, interleaved: 'job' }), {
        baseline: doctored({ rounds, id: 'base', interleaved: 'job' }),
      });
    const vain = twiceAsSlow(8);
    expect(vain).toMatchObject({ verdict: 'inconclusive', exitCode: 0 });
    expect(vain.warnings).toEqual([
      {
        code: 'too_few_rounds',
        message:
          "8 pairs of rounds can't confirm a slowdown of any size in 9 comparisons: -n 9 is the least",
      },
    ]);
    for (const check of vain.checks) expect(check).toMatchObject({ detectablePercent: null });
    const enough = twiceAsSlow(9);
    expect(enough).toMatchObject({ verdict: 'regression', exitCode: 3, warnings: [] });
    for (const check of enough.checks) expect(check).not.toMatchObject({ detectablePercent: null });
  });

  it('speaks of no difference nowhere that workflows fail, and passes on what the base warns of', () => {
    const failing = doctored({ rounds: 20, failed: 1 });
    const sound = doctored({ rounds: 20, id: 'base' });
    const verdict = gateReporters.table(gate(failing, { baseline: sound }));
    expect(verdict).toContain('verdict: inconclusive: no regression confirmed');
    expect(verdict).not.toContain('no difference');
    const { warnings } = gate(sound, { baseline: failing });
    expect(warnings.map(({ message }) => message)).toContain(
      'base: ws: 1 of 20 workflows failed; times are of those that completed',
    );
  });

  it('warns of a candidate that left WebSocket', () => {
    const fallen = madeUpResult({
      run: { id: 'fallen' },
      edit: (records) => {
        for (const { workflows } of records)
          Object.assign(workflows['ws'] ?? {}, { fellBack: true });
      },
    });
    const report = gate(fallen, { baseline: base });
    expect(report.verdict).toBe('inconclusive');
    expect(report.warnings.map(({ code }) => code)).toContain('fell_back');
    expect(report.checks.at(-1)?.message).toContain('--no-fallback');
  });

  it('prints a row for every check as CSV, and a table as Markdown', () => {
    const report = gate(slow, { baseline: base, thresholds: [crossed] });
    const rows = gateReporters.csv(report).trimEnd().split('\n');
    expect(rows).toHaveLength(1 + report.checks.length);
    expect(rows[1]).toContain('threshold,ws,workflow_e2e,error,crossed,us,');
    const markdown = gateReporters.markdown(report);
    expect(markdown).toContain('threshold crossed: ws.workflow');
    expect(markdown).toContain('| ws<br>workflow');
  });
});
