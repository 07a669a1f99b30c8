import type { RecordedSession } from '../session/session.ts';
import type { SourceRecord } from './records.ts';

/** A kind of file that sessions come in. */
export interface SessionFormat {
  /** As `--format` takes it. */
  name: string;
  /** For people. */
  title: string;
  /** Whether the first records of a file are of this kind. */
  recognise: (head: readonly Record<string, unknown>[]) => boolean;
  /** The conversations of a file, in the order in which they begin. Unknown records are passed over and counted. */
  read: (records: AsyncIterable<SourceRecord>, options: ReadOptions) => Promise<RecordedSession[]>;
}

/** How a file is read. */
export interface ReadOptions {
  /** What its session is called. */
  name: string;
  /** Contents are kept, not only their sizes. */
  keep: boolean;
}
