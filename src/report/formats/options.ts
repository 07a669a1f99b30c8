import type { GateReport } from '../../compare/gate/report.ts';
import type { Result } from '../../result/schema.ts';

/** The ways a report may differ from reader to reader; formats ignore what does not concern them. */
export interface ReportOptions {
  /** ANSI colours. @default false */
  color?: boolean;
  /** Columns of the terminal. @default 100 */
  width?: number;
  /** Everything that there is to say, where a format would keep to what decides. @default false */
  full?: boolean;
  /** Whether the reader's terminal shows nothing but ASCII. @default false */
  ascii?: boolean;
  /** Where the files of the run are, to be said at the end. */
  folder?: string;
  /** The verdict on this result, for formats that CI reads. */
  gate?: GateReport;
}

/** A result as text in one format. */
export type Reporter = (result: Result, options?: ReportOptions) => string;

/** A gate's report as text in one format. */
export type GateReporter = (report: GateReport, options?: ReportOptions) => string;
