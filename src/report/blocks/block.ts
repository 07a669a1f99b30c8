import type { Chart } from './chart.ts';
import type { Grid } from './grid.ts';

export type { Cell, Grid } from './grid.ts';

/** A report before it takes a form: sections in the order they are read. */
export type Page = readonly Section[];

/** A section of blocks that belong together: a terminal sets a blank line between sections, none within. */
export type Section = readonly Block[];

/** One thing that a report says. Renderers decide how it looks, pages what is said and in which order. */
export type Block =
  /** `incomplete` says that the numbers below are of a part only, and must not be overlooked. */
  | { kind: 'heading'; level: 1 | 2 | 3; text: string; incomplete?: string | undefined }
  /** Paragraphs. `strong` is what a hurried reader takes home; `path` is never broken. */
  | { kind: 'text'; lines: readonly string[]; style: 'plain' | 'strong' | 'path' }
  /**
   * The first row is the heading. A `folded` grid hides behind that word where a form can hide; `spare` columns may be
   * left out where there is no room, the first of the list first.
   */
  | { kind: 'grid'; grid: Grid; folded?: string; spare?: readonly number[] }
  | { kind: 'list'; items: readonly string[]; tone: 'plain' | 'warning' | 'failure' }
  /** Names with what stands behind each, and a last line on all of them. */
  | { kind: 'facts'; facts: readonly Fact[]; foot: string }
  /** What the figures above are. */
  | { kind: 'note'; text: string }
  /** A picture, where a form can draw; elsewhere the grid behind it. */
  | { kind: 'chart'; chart: Chart };

/** A name and one or more lines on it. */
export interface Fact {
  label: string;
  lines: string[];
}
