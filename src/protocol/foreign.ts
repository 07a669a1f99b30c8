/*
 * What others say, checked where it enters: what isn't as it should be counts as not said.
 */

/** More than any answer counts, of whatever: sums over a run stay safe integers. */
const MAX_COUNT = 1e9;
/** Deeper than anyone nests an answer, and far from what the stack takes. */
const MAX_DEPTH = 1000;
/** Enough of a message for one line on a terminal. */
const MAX_TEXT_LENGTH = 1000;

/** A number of things, or undefined if it is none. */
export function countOf(value: unknown): number | undefined {
  return isIntegerIn(value, 0, MAX_COUNT) ? value : undefined;
}

/** An HTTP status, as a number or in digits, or undefined if it is none. */
export function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return isIntegerIn(status, 100, 999) ? status : undefined;
}

/** A code or type as APIs have them, or undefined: what merely stands in its place may be anything. */
export function codeOf(value: unknown): string | undefined {
  const code = typeof value === 'number' ? String(value) : value;
  return typeof code === 'string' && /^[\w.:-]{1,64}$/.test(code) ? code : undefined;
}

/** A string, or '' in the place of anything else: an object may bring its own way to become one. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A text without what steers a terminal or hides: control, format and half characters. */
export function plainText(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ');
}

/** Whether a JSON text is long enough to be nested too deep. */
export function mayBeTooDeep(json: string): boolean {
  return json.length >= 2 * MAX_DEPTH;
}

/** Whether a value is nested deeper than can be written out again. */
export function isTooDeep(value: unknown): boolean {
  let level = isObject(value) ? [value] : [];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: object[] = [];
    for (const each of level) {
      for (const part of Object.values(each)) if (isObject(part)) below.push(part);
    }
    level = below;
  }
  return level.length > 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isIntegerIn(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}
