import { describe, expect, it } from 'vitest';
import { compareTransports } from '../../src/compare/change/transports.ts';
import { survivesOwnDelay } from '../../src/compare/rounds/own-delay.ts';
import type { Environment } from '../../src/result/schema.ts';
import { roundsTaking } from './rounds-taking.ts';

const http = Array.from({ length: 12 }, (_, round) => 1_000_000 + round * 100);
const noise: Environment['noise'] = {
  loopDelayP50Us: 0,
  loopDelayP99Us: 9000,
  loopDelayMaxUs: 20_000,
  utilisation: 0.4,
  gcPauses: 0,
  gcTotalUs: 0,
  gcMaxUs: 0,
  stolenShare: null,
};

interface Row {
  why: string;
  /** What ws takes of the time of http. */
  ratio: number;
  /** Of one step in every round, by arm. */
  stalledUs?: { http?: number; ws?: number };
  loopDelayP50Us?: number;
  survives: boolean;
}

const rows: Row[] = [
  { why: 'nothing held us up', ratio: 0.9, survives: true },
  { why: 'less than the difference', ratio: 0.9, stalledUs: { http: 90_000 }, survives: true },
  { why: 'all of the difference', ratio: 0.9, stalledUs: { http: 110_000 }, survives: false },
  { why: 'of the slower candidate', ratio: 1.1, stalledUs: { ws: 110_000 }, survives: false },
  { why: 'of the faster arm, far more', ratio: 0.9, stalledUs: { ws: 500_000 }, survives: true },
  { why: 'of both alike', ratio: 0.9, stalledUs: { http: 50_000, ws: 50_000 }, survives: true },
  { why: 'short, but as large twice a step', ratio: 0.99, loopDelayP50Us: 6000, survives: false },
  { why: 'short, and smaller twice a step', ratio: 0.99, loopDelayP50Us: 4000, survives: true },
  { why: 'no difference to begin with', ratio: 1, survives: false },
];

describe('a difference with all of our own delay counted against it', () => {
  it.each(rows)(
    '$why: survives $survives',
    ({ ratio, stalledUs, loopDelayP50Us = 0, survives }) => {
      const rounds = roundsTaking({ http, ws: http.map((us) => us * ratio) });
      for (const { workflows } of rounds) {
        for (const arm of ['http', 'ws'] as const) {
          const step = workflows[arm]?.steps[0];
          const us = stalledUs?.[arm];
          if (step !== undefined && us !== undefined) step.stalledUs = us;
        }
      }
      const [difference] = compareTransports(['http', 'ws'], rounds);
      if (difference === undefined) throw new Error('nothing compared');
      expect(survivesOwnDelay(difference, rounds, { ...noise, loopDelayP50Us })).toBe(survives);
    },
  );
});
