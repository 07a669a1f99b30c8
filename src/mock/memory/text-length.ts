/** Characters of all text in a value, and something for each field: about what keeping it in memory takes. */
export function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce<number>((sum, part) => sum + 16 + textLength(part), 0);
}
