/** A p value as people read it: three digits, and below 0.001 no more than that. */
export function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
