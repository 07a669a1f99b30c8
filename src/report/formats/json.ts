import type { Result } from '../../result/schema.ts';

/** The whole document, indented; `report` and `compare` read it as they read `result.json`. */
export function jsonReport(result: Result): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
