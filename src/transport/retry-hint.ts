/** A server's word on trying again; what it doesn't say is undefined. */
export interface RetryHint {
  retryAfterMs: number | undefined;
  retryable: boolean | undefined;
}

/** Headers of a response, or those that an error frame carries for want of any. */
export type HintHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const answers: ReadonlyMap<string | undefined, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/**
 * The hint in `retry-after-ms`, `retry-after` (seconds or an HTTP date, RFC 9110, section 10.2.3) and `x-should-retry`,
 * under names in any case. What can't be read counts as not said.
 *
 * @param nowMs the wall clock, for a date
 */
export function retryHintOf(headers: HintHeaders, nowMs: number = Date.now()): RetryHint {
  const said = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value).trim()]),
  );
  return {
    retryAfterMs:
      numberOf(said.get('retry-after-ms')) ?? retryAfterMs(said.get('retry-after') ?? '', nowMs),
    retryable: answers.get(said.get('x-should-retry')),
  };
}

function retryAfterMs(text: string, nowMs: number): number | undefined {
  const seconds = numberOf(text);
  if (seconds !== undefined) return seconds * 1000;
  // Date.parse makes a date of nearly anything.
  const atMs = /^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function numberOf(text = ''): number | undefined {
  return /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
