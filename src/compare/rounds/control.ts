import { controlName } from '../../result/control.ts';
import type { RoundRecord } from '../../result/record.ts';
import type { Comparison } from '../../result/schema.ts';
import type { WarningFacts } from '../../result/warnings/kinds.ts';
import { compareTransports } from '../change/transports.ts';

/**
 * The base against its own second arm, by `workflow_e2e`: what no difference looks like. Undefined where no round holds
 * that arm.
 */
export function compareControl(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): Comparison | undefined {
  const [base] = transports;
  if (base === undefined) return undefined;
  const control = controlName(base);
  if (!rounds.some(({ workflows }) => workflows[control] !== undefined)) return undefined;
  return compareTransports([base, control], rounds).find(({ metric }) => metric === 'workflow_e2e');
}

/** How far from nothing a comparison of the base with itself still reaches, in percent; null without an interval. */
export function controlNoisePercent({ interval }: Pick<Comparison, 'interval'>): number | null {
  if (interval === null) return null;
  return Math.max(Math.abs(interval.lower - 1), Math.abs(interval.upper - 1)) * 100;
}

/** A difference where there is none to find: something other than the transports moves the times. */
export function controlWarnings(control: Comparison | undefined): WarningFacts[] {
  if (!control?.interval) return [];
  const { base, interval } = control;
  if (interval.lower <= 1 && interval.upper >= 1) return [];
  return [{ code: 'aa_differs', base, lowerRatio: interval.lower, upperRatio: interval.upper }];
}
