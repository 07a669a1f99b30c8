import { UsageError } from '../../errors.ts';

/**
 * The moment that a flag names: a date and time with its zone (`2026-11-28T12:00:00Z`), or seconds since 1970 (`@1764331200`,
 * as `date +@%s` prints them).
 * @throws UsageError saying what was expected
 */
export function readStartAt(text: string): Date {
  const [, seconds] = /^@(\d{1,11})$/.exec(text) ?? [];
  if (seconds !== undefined) return new Date(Number(seconds) * 1000);
  const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = new Date(zoned ? text : NaN);
  if (!Number.isNaN(at.getTime())) return at;
  throw new UsageError(
    `--start-at: expected a time with its zone such as 2026-11-28T12:00:00Z, or seconds since 1970 such as @1764331200, got ${JSON.stringify(text)}`,
  );
}

/**
 * A moment that is still to come.
 * @throws UsageError where it has passed
 */
export function checkStartAt(at: Date, nowMs = Date.now()): Date {
  if (at.getTime() > nowMs) return at;
  throw new UsageError(
    `start at: expected a time to come, got ${at.toISOString()}, and this machine's clock shows ${new Date(nowMs).toISOString()}`,
  );
}
