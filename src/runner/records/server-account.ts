import type { StepRecord } from '../../result/record.ts';
import type { ExchangeOutcome } from '../step/exchange.ts';
import { endUs, goodExchanges, type StepTimes, sumOf } from '../step/times.ts';

/** A server may round, and its clock is another: what it declares beyond this is more than passed. */
const TOLERANCE = 1.01;
const TOLERANCE_US = 1000;

/**
 * The server's own account of a step, warm-up included; undefined unless it says so for every request that was
 * answered, and no more than can be. Compactions declare nothing: they count as undeclared time.
 */
export function serverAccount(time: StepTimes): {
  server?: StepRecord['server'];
  /** It declared more time than passed. */
  contradicted: boolean;
} {
  const answers = goodExchanges(time).filter(({ state }) => state !== 'compacted');
  const accounts = answers.flatMap(({ marks }) => marks.server ?? []);
  const contradicted = answers.some(declaresTooMuch);
  if (contradicted || accounts.length === 0 || accounts.length < answers.length) {
    return { contradicted };
  }
  const stagesUs: Record<string, number> = {};
  for (const [stage, us] of accounts.flatMap((account) => Object.entries(account.stagesUs))) {
    stagesUs[stage] = (stagesUs[stage] ?? 0) + us;
  }
  const tokens = accounts.flatMap(({ tokensProcessed }) => tokensProcessed ?? []);
  const server = {
    stagesUs,
    ...(tokens.length === accounts.length && { tokensProcessed: sumOf(tokens, (count) => count) }),
  };
  return { server, contradicted };
}

/** Between a request's first byte and the end of its answer; the work after that (`post`) is not in it. */
function declaresTooMuch(exchange: ExchangeOutcome): boolean {
  const { server, writeStartUs } = exchange.marks;
  const { post: _, ...stagesUs } = server?.stagesUs ?? {};
  const declaredUs = sumOf(Object.values(stagesUs), (us) => us);
  return declaredUs > (endUs(exchange) - writeStartUs) * TOLERANCE + TOLERANCE_US;
}
