/** A drawing as SVG, and how high it came out. */
export interface Drawn {
  body: string;
  height: number;
}

/** A drawing that has a second form, with a logarithmic axis of values. */
export interface DrawnTwice extends Drawn {
  logarithmic?: string;
}
