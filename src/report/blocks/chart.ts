import type { Grid } from './grid.ts';

/** A picture of figures: what is to be drawn, not how. The grid behind it holds the same figures to be read. */
export interface Chart {
  title: string;
  /** What a reader who can't see it must know. */
  description: string;
  /** The unit of every value: durations are in µs. */
  unit: Unit;
  /** What the axis of values shows. */
  axis: string;
  drawing: Drawing;
  grid: Grid;
}

/** The unit of a chart's values: a percentage is a change and has a sign, a share is a part of 1. */
export type Unit = 'us' | 'bytes' | 'percent' | 'share';

/** The kinds of drawings. */
type Drawing = Dots | Waterfall | Lines | Lanes;

/** A row for each name: a dot for each sample, and a middle with its interval. */
export interface Dots {
  shape: 'dots';
  rows: readonly DotRow[];
  /** A value to compare all of them with, such as no change. */
  reference?: number;
}

/** One row of dots. */
export interface DotRow {
  name: string;
  series: number;
  samples: readonly number[];
  middle: number | null;
  interval: { lower: number; upper: number } | null;
  /** What counts as too much. */
  limit?: number;
}

/** From one whole to another by the changes between them. */
export interface Waterfall {
  shape: 'waterfall';
  from: { name: string; value: number; series: number };
  changes: readonly { name: string; value: number }[];
  to: { name: string; value: number; series: number };
}

/** Lines over one common axis. */
export interface Lines {
  shape: 'lines';
  over: string;
  /** What stands before a place along the axis where a value is named: `step 3`, `p95`. */
  place: string;
  ticks: readonly { at: number; text: string }[];
  series: readonly {
    name: string;
    series: number;
    points: readonly (readonly [at: number, value: number])[];
  }[];
  /** Places along the axis that a reader looks for. */
  marks: readonly { at: number; text: string }[];
  /** Whether a logarithmic axis of values makes sense too. */
  ratio: boolean;
}

/** Spans of time, side by side. */
export interface Lanes {
  shape: 'lanes';
  /** What the spans can be; the number is the colour's. */
  kinds: readonly { kind: number; name: string }[];
  lanes: readonly {
    name: string;
    spans: readonly { kind: number; from: number; to: number; text: string }[];
  }[];
}
