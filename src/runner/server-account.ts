import type { StepRecord } from '../result/record.ts';
import { goodExchanges, type StepTimes, sumOf } from './step-times.ts';

/**
 * What the server says that it did for a step, warm-up included; undefined unless it says so for every request that was
 * answered. Compactions declare nothing: they count as undeclared time.
 */
export function serverAccount(time: StepTimes): StepRecord['server'] {
  const answers = goodExchanges(time).filter(({ state }) => state !== 'compacted');
  const accounts = answers.flatMap(({ marks }) => marks.server ?? []);
  if (accounts.length === 0 || accounts.length < answers.length) return undefined;
  const stagesUs: Record<string, number> = {};
  for (const [stage, us] of accounts.flatMap((account) => Object.entries(account.stagesUs))) {
    stagesUs[stage] = (stagesUs[stage] ?? 0) + us;
  }
  const tokens = accounts.flatMap(({ tokensProcessed }) => tokensProcessed ?? []);
  return {
    stagesUs,
    ...(tokens.length === accounts.length && { tokensProcessed: sumOf(tokens, (count) => count) }),
  };
}
