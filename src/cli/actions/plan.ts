import { readResult } from '../../app/read-result.ts';
import { planRounds } from '../../compare/rounds/plan.ts';
import { planReport } from '../../report/index.ts';
import { terminalOptions } from '../terminal/look.ts';

/** The flags of `plan` as commander hands them over. */
export interface PlanFlags {
  effect: number;
  power: number;
  maxRegression: number;
  format: 'table' | 'json';
}

/** The action of `plan`: prints how many rounds an effect needs. */
export async function planAction(
  pilot: string,
  candidate: string | undefined,
  { effect, power, maxRegression, format }: PlanFlags,
): Promise<void> {
  const plan = planRounds(
    await readResult(pilot),
    candidate === undefined ? undefined : await readResult(candidate),
    { effect, power, margin: maxRegression },
  );
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(plan, null, 2)}\n` : planReport(plan, terminalOptions()),
  );
}
