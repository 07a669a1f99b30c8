import type { RunOptionsRecord } from './schema.ts';

/** Marks the arm that runs the base a second time; no transport's name holds it. */
const MARK = '#aa';

/** The key of the base's second arm, a control: `http#aa`. */
export function controlName(base: string): string {
  return base + MARK;
}

/** Whether a key of `transports` is a control, which is never a candidate. */
export function isControl(name: string): boolean {
  return name.endsWith(MARK);
}

/** Every arm that a run had a summary and workflows of: its transports and, with `--aa`, the control. */
export function armsOf({ transports, aa }: Pick<RunOptionsRecord, 'transports' | 'aa'>): string[] {
  return [...transports, ...(aa === true ? transports.slice(0, 1).map(controlName) : [])];
}
