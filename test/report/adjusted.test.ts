import { describe, expect, it } from 'vitest';
import { adjustedE2eUs } from '../../src/report/blocks/adjusted.ts';
import type { WorkflowRecord } from '../../src/result/record.ts';
import { madeUpRounds } from '../result/made-up.ts';

/** One workflow for every letter, `c`ompleted, `f`ailed or `a`borted; the nth takes n seconds. */
function workflowsOf(states: string): WorkflowRecord[] {
  const named = { c: 'completed', f: 'failed', a: 'aborted' } as const;
  return madeUpRounds(['ws'], states.length, 1).flatMap(({ workflows }, index) => {
    const state = named[states[index] as keyof typeof named];
    return workflows['ws'] ? [{ ...workflows['ws'], state, e2eUs: (index + 1) * 1e6 }] : [];
  });
}

describe('percentiles with failures in them', () => {
  it.each([
    ['nothing failed: as without', 'cccc', 50, 2e6],
    ['a quick failure counts as the slowest', 'fccc', 50, 3e6],
    ['the rank falls on a failure', 'cccf', 95, Infinity],
    ['half of them failed: the median is the last that completed', 'ccff', 50, 2e6],
    ['more than half failed', 'cfff', 50, Infinity],
    ['all failed', 'ff', 50, Infinity],
    ['who was interrupted is neither', 'caac', 99, 4e6],
    ['nobody ended', 'aa', 50, undefined],
    ['nobody ran', '', 50, undefined],
  ] as const)('%s', (_why, states, percentile, us) => {
    expect(adjustedE2eUs(workflowsOf(states), percentile)).toBe(us);
  });
});
