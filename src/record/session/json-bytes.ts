/** Bytes of a value as JSON; none of what JSON leaves out. */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? 0 : Buffer.byteLength(json);
}

/** Bytes of a JSON list whose entries have these bytes: commas between, brackets around. */
export function jsonListBytes(entries: readonly number[]): number {
  return entries.reduce((sum, bytes) => sum + bytes, 0) + Math.max(0, entries.length - 1) + 2;
}
