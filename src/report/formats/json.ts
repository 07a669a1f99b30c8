/** A document whole and indented; `report` and `compare` read a result's as they read `result.json`. */
export function jsonText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
