/** Rows of cells, all of one length. */
export type Grid = readonly (readonly Cell[])[];

/** A cell of a grid; `detail` stands below the text where there is room for two lines. */
export interface Cell {
  text: string;
  detail?: string;
  tone?: 'better' | 'worse' | 'failed';
  /** Of a heading: which side its column is flush with, where there is a choice. @default left */
  flush?: 'right';
  /** Length of the bar to draw beside the text, as a share of the longest in the grid. */
  bar?: number;
}
