import type { Result } from '../../result/schema.ts';
import { briefConditions } from '../blocks/conditions.ts';
import type { Summary } from '../blocks/summary.ts';
import { caveats } from '../blocks/verdict.ts';
import { loadLines } from './lines.ts';

/** Whether the rounds of a result had rates of their own: then what is true of all of them together says nothing. */
export function isRamp({ load }: Pick<Result, 'load'>): boolean {
  return load?.knees !== undefined;
}

/** The summary of a ramp: where the knees are, and what was simulated. */
export function rampSummary(result: Result): Summary {
  return {
    answer: [...caveats(result), ...loadLines(result)],
    behind: [briefConditions(result)],
  };
}
