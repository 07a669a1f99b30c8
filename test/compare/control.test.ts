import { describe, expect, it } from 'vitest';
import { checkThresholds } from '../../src/compare/gate/threshold-checks.ts';
import { parseThreshold } from '../../src/compare/gate/thresholds.ts';
import {
  compareControl,
  controlNoisePercent,
  controlWarnings,
} from '../../src/compare/rounds/control.ts';
import { reporters } from '../../src/report/index.ts';
import { summariseTransport } from '../../src/result/summarise.ts';
import { madeUpResult } from '../result/made-up.ts';
import { roundsTaking } from './rounds-taking.ts';

const ones = Array.from({ length: 12 }, () => 1e6);
const around = (ratio: number): number[] =>
  ones.map((us, at) => us * ratio * (1 + (at - 5.5) / 500));

/** What the base against itself gives where its second arm takes `ratio` of the first. */
function controlAt(ratio: number) {
  return compareControl(
    ['http', 'ws'],
    roundsTaking({ http: ones, ws: ones, 'http#aa': around(ratio) }),
  );
}

describe('the base against itself', () => {
  it('is there only where it ran', () => {
    expect(compareControl(['http', 'ws'], roundsTaking({ http: ones, ws: ones }))).toBeUndefined();
    expect(compareControl([], [])).toBeUndefined();
  });

  it.each<[why: string, ratio: number, warned: boolean]>([
    ['no difference, as it should be', 1, false],
    ['slower than itself', 1.05, true],
    ['faster than itself', 0.95, true],
  ])('%s', (_why, ratio, warned) => {
    const warnings = controlWarnings(controlAt(ratio));
    expect(warnings.map(({ code }) => code)).toEqual(warned ? ['aa_differs'] : []);
  });

  it('says how large no difference looks: the farther end of its interval', () => {
    const control = controlAt(1.05);
    expect(controlNoisePercent(control ?? { interval: null })).toBeCloseTo(
      ((control?.interval?.upper ?? NaN) - 1) * 100,
      9,
    );
    expect(controlNoisePercent({ interval: { level: 0.95, lower: 0.9, upper: 1.02 } })).toBeCloseTo(
      10,
      9,
    );
    expect(controlNoisePercent({ interval: null })).toBeNull();
  });

  it('is held against no threshold', () => {
    const rounds = roundsTaking({ http: ones, 'http#aa': around(9) });
    const transports = Object.fromEntries(
      ['http', 'http#aa'].map((name) => [name, summariseTransport(name, rounds)]),
    );
    const limit = parseThreshold('workflow_e2e: med<2s', 'x');
    const checks = checkThresholds([limit], { transports, rounds });
    expect(checks.map(({ transport, verdict }) => [transport, verdict])).toEqual([
      ['http', 'pass'],
    ]);
  });

  it('is a row of its own in the table, with a sentence on what it shows', () => {
    const made = madeUpResult({ transports: ['http', 'ws'] });
    const rounds = made.rounds.map((round) => {
      const { http } = round.workflows;
      return http ? { ...round, workflows: { ...round.workflows, 'http#aa': http } } : round;
    });
    const control = compareControl(['http', 'ws'], rounds);
    const whole = {
      ...made,
      run: { ...made.run, options: { ...made.run.options, aa: true } },
      rounds,
      transports: { ...made.transports, 'http#aa': summariseTransport('http#aa', rounds) },
      ...(control && { control }),
    };
    const text = reporters.table(whole);
    const rows = text.split('\n').filter((line) => /^(http|ws)\b.* ms .* KB/.test(line));
    expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual(['http', 'ws', 'http (A/A)']);
    expect(rows[2]).toMatch(/ 0\.0 % +0\.0 to 0\.0 %$/);
    expect(text).toContain(
      'A/A: http against itself came to 0.0 %; no difference looks like up to ±0.0 % here.',
    );
    expect(reporters.table(whole, { full: true })).toContain(
      '10 rounds of 2 transports and http once more',
    );
    expect(text).not.toContain('http#aa finished');
  });
});
