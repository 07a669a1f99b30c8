import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import {
  type ArmTimes,
  ladderBranches,
  ladderRungs,
} from '../../src/compare/attribution/ladder.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import { madeUpRounds } from '../result/made-up.ts';

function armsOf(times: Record<string, number[]>): Map<string, ArmTimes> {
  return new Map(
    Object.entries(times).map(([name, e2eUs]) => [
      name,
      { meanUs: Math.round(e2eUs.reduce((sum, us) => sum + us, 0) / e2eUs.length), e2eUs },
    ]),
  );
}

const six = (us: number): number[] => [-2, -1, 0, 0, 1, 2].map((noise) => us + noise);

describe('the ladder', () => {
  it.each([
    {
      why: 'all arms, in whatever order they ran',
      arms: ['ws', 'http', 'ws-full', 'http-keepalive'],
      rungs: [
        'http > http-keepalive: connectionReuse -100',
        'http-keepalive > ws-full: framing -10',
        'ws-full > ws: incrementalInput -200',
      ],
    },
    {
      why: 'the default arms: one rung stands for two',
      arms: ['http', 'http-keepalive', 'ws'],
      rungs: [
        'http > http-keepalive: connectionReuse -100',
        'http-keepalive > ws: framing,incrementalInput -210',
      ],
    },
    {
      why: 'its ends alone',
      arms: ['http', 'ws'],
      rungs: ['http > ws: connectionReuse,framing,incrementalInput -310'],
    },
    {
      why: 'its upper half',
      arms: ['ws-full', 'ws'],
      rungs: ['ws-full > ws: incrementalInput -200'],
    },
    { why: 'one arm', arms: ['ws'], rungs: [] },
    { why: 'arms beside it', arms: ['http2', 'ws-warm'], rungs: [] },
  ])('splits the change by $why', ({ arms, rungs }) => {
    const us: Record<string, number> = {
      http: 1000,
      'http-keepalive': 900,
      'ws-full': 890,
      ws: 690,
    };
    const times = armsOf(Object.fromEntries(arms.map((name) => [name, six(us[name] ?? 1)])));
    expect(
      ladderRungs(times).map(
        ({ from, to, gains, changeUs }) => `${from} > ${to}: ${gains.join(',')} ${changeUs}`,
      ),
    ).toEqual(rungs);
  });

  it('gives each rung the interval of its differences, round by round', () => {
    const drift = [0, 500, 1000, 1500, 2000, 2500];
    const [rung] = ladderRungs(
      armsOf({
        'ws-full': drift.map((us) => 900 + us),
        ws: drift.map((us, round) => 800 + us + (round % 2 === 0 ? 1 : -1)),
      }),
    );
    expect(rung?.changeUs).toBe(-100);
    // Drift that hits both alike leaves no trace.
    expect(rung?.interval?.lower).toBeGreaterThan(-102);
    expect(rung?.interval?.upper).toBeLessThan(-98);
    const few = ladderRungs(armsOf({ 'ws-full': [1, 2, 3, 4, 5], ws: [1, 2, 3, 4, 5] }));
    expect(few[0]?.interval).toBeNull();
  });

  it('puts beside it what changes one thing in another way, where the arm before it ran', () => {
    const times = armsOf({
      'http-keepalive': six(900),
      http2: six(880),
      'http-chained': six(850),
      ws: six(690),
      'ws-warm': six(700),
    });
    const shown = ladderBranches(times).map(({ to, changeUs }) => `${to} ${changeUs}`);
    expect(shown).toEqual(['http2 -20', 'http-chained -50', 'ws-warm 10']);
    times.delete('http-keepalive');
    expect(ladderBranches(times).map(({ to }) => to)).toEqual(['ws-warm']);
  });

  it('adds up to the change from its first arm to its last, whatever the rounds hold', () => {
    const names = ['http', 'http-keepalive', 'ws-full', 'ws'];
    const durations = fc.array(fc.integer({ min: 0, max: 3_600_000_000 }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1, maxLength: 9 }), (byRound) => {
        const rounds: RoundRecord[] = madeUpRounds(names, byRound.length, 1);
        for (const [round, { workflows }] of rounds.entries()) {
          for (const [arm, name] of names.entries()) {
            const workflow = workflows[name];
            if (workflow === undefined) continue;
            const us = byRound[round]?.[arm] ?? 0;
            workflow.phases.residualUs += us - workflow.e2eUs;
            workflow.e2eUs = us;
          }
        }
        const { arms = {}, ladder = [] } = attribute(names, rounds, null) ?? {};
        const total = ladder.reduce((sum, { changeUs }) => sum + changeUs, 0);
        expect(total).toBe((arms['ws']?.e2eUs ?? NaN) - (arms['http']?.e2eUs ?? NaN));
        const meanUs = byRound.reduce((sum, us) => sum + (us[3] ?? NaN), 0) / byRound.length;
        expect(Math.abs((arms['ws']?.e2eUs ?? NaN) - meanUs)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
