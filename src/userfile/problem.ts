/** A place in a document: `['steps', 2, 'tool']`. */
export type Path = readonly (string | number)[];

/** A complaint about one place of a document: what was expected, what came. */
export interface Problem {
  path: Path;
  message: string;
  /** Points at the key at the end of `path`, not at its value. */
  atKey?: boolean;
}

/** The path as people write it: `steps[2].tool`; empty for the whole document. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** A value that came, in a few words. Longer strings are only named: they may be someone's prompt. */
export function formatGot(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return /^[\w./-]{1,24}$/.test(value) ? `"${value}"` : 'a string';
  return Array.isArray(value) ? 'a list' : 'a map';
}
