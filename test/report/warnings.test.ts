import { describe, expect, it } from 'vitest';
import { githubAnnotations } from '../../src/report/formats/github-annotations.ts';
import type { ReportOptions } from '../../src/report/formats/options.ts';
import { reporters } from '../../src/report/index.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import type { Result } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

/** All that a table says with `--full`. */
const fullTable = (result: Result, options?: ReportOptions): string =>
  reporters.table(result, { ...options, full: true });

const late = { code: 'late_loop', message: 'our own event loop was up to 9.0 ms late' };
const redirected = { code: 'redirected', message: 'sent on' };

/** Our loop stood still in every first step of these arms, for that long. */
function stalled(arms: readonly string[], stalledUs: number) {
  return (rounds: RoundRecord[]): void => {
    for (const { workflows } of rounds) {
      for (const arm of arms) {
        const step = workflows[arm]?.steps[0];
        if (step !== undefined) step.stalledUs = stalledUs;
      }
    }
  };
}

/** The warnings and notes of a table, a line each. */
function toldIn(result: ReturnType<typeof madeUpResult>): string[] {
  return fullTable(result)
    .replace(/\n {2}/g, ' ')
    .split('\n')
    .filter((line) => /^(warning|note): /.test(line));
}

describe('a warning of our own delay', () => {
  it('is a note where every difference above survives it', () => {
    expect(toldIn(madeUpResult({ warnings: [late] }))).toEqual([
      `note: ${late.message}. The difference above of http-keepalive, ws, ws against http-keepalive survives it, with all of our own delay counted against it`,
    ]);
  });

  it('says which difference may be nothing but that', () => {
    const told = toldIn(madeUpResult({ warnings: [late], edit: stalled(['http'], 50_000) }));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^warning: .*of ws, ws against http-keepalive survives it.*that of http-keepalive may be nothing but our own delay$/,
    );
  });

  it('is as it was where nothing is claimed above', () => {
    expect(toldIn(madeUpResult({ transports: ['ws'], warnings: [late] }))).toEqual([
      `warning: ${late.message}`,
    ]);
  });

  it('is as it was where the run is unfit to judge any difference', () => {
    const unfit = { code: 'unfit', message: 'unfit: our own event loop stood still' };
    expect(toldIn(madeUpResult({ warnings: [late, unfit] }))).toEqual([
      `warning: ${late.message}`,
      `warning: ${unfit.message}`,
    ]);
  });

  it('says it once, and nothing of warnings of another kind', () => {
    const busy = { code: 'busy', message: 'our own event loop was busy 40 % of the time' };
    const told = toldIn(madeUpResult({ warnings: [busy, late, redirected] }));
    expect(told.map((line) => line.split(': ')[0])).toEqual(['warning', 'note', 'note']);
    expect(told.filter((line) => line.includes('survives'))).toHaveLength(1);
  });

  it('is a notice on GitHub where it changes nothing', () => {
    const text = githubAnnotations(madeUpResult({ warnings: [late, redirected] }));
    expect(text).toMatch(/::notice .*our own event loop/);
    expect(text).toMatch(/::warning .*sent on/);
  });
});
