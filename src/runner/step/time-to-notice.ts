import type { ExchangeMarks } from '../../measure/marks.ts';
import type { EndpointFailure } from '../../transport/failure.ts';

/**
 * How long a failure went unnoticed, in µs: since the answer's last sign of life, or since its request was handed over;
 * 0 where the other side said itself that it failed.
 */
export function timeToNoticeUs(
  failure: Pick<EndpointFailure, 'kind' | 'code'>,
  { startUs, writeStartUs, lastEventUs }: ExchangeMarks,
  noticedUs: number,
): number {
  if (!isSilent(failure)) return 0;
  const signs = [startUs, writeStartUs, lastEventUs].filter((atUs) => !Number.isNaN(atUs));
  return noticedUs - Math.max(...signs);
}

/** Only our own patience ended it. */
function isSilent({ kind, code }: Pick<EndpointFailure, 'kind' | 'code'>): boolean {
  return kind === 'timeout' || code === 'ping_timeout' || code === 'timeout';
}
