/** Whether a value is a map: an object, but no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is a map, else an empty map. */
export function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : empty;
}

const empty: Record<string, unknown> = Object.freeze({});
