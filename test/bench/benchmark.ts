/** One benchmark: a file `*.bench.ts` beside this one exports it by the name `benchmark`. */
export interface Benchmark {
  title: string;
  /** What is compared with what, for a reader of the table. */
  note: string;
  /** Takes many minutes: runs only where it is asked for. */
  byNameOnly?: true;
  run(): Promise<Comparison[] | Finding[]>;
}

/** What is no ratio of two medians: columns by their name, first of them what the row is about. */
export interface Finding {
  columns: Readonly<Record<string, string>>;
  /** Absent where nothing is promised. */
  promise?: { text: string; kept: boolean };
}

/** Ours against the least that does the same job: medians, of durations unless told. */
export interface Comparison {
  what: string;
  ours: number;
  bare: number;
  /** Of both; ms if absent. */
  unit?: 'KB';
  /** Samples behind either median. */
  samples: number;
  /** Highest ratio of the two that we promise; absent where nothing is promised. */
  bound?: number;
  /** Lowest ratio that we promise, where ours should be neither slower nor faster. */
  floor?: number;
}
