import { cachedShareOf } from '../../result/query.ts';
import type { Result } from '../../result/schema.ts';
import { sharedTransports } from '../change/results.ts';
import type { GateReport } from './report.ts';

/** The share of the input that each side's prompt cache held, per transport of both; nothing where neither side ever found any. */
export function cachedShares(base: Result, candidate: Result): GateReport['cachedShares'] {
  return sharedTransports(base, candidate).flatMap((transport) => {
    const shares = { base: shareOf(base, transport), candidate: shareOf(candidate, transport) };
    return shares.base || shares.candidate ? [{ transport, ...shares }] : [];
  });
}

function shareOf({ transports }: Result, transport: string): number | null {
  const counters = transports[transport]?.counters;
  return counters === undefined ? null : cachedShareOf(counters);
}
