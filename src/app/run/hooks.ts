import type { JournalEntry, JournalHeader } from '../../result/journal.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { OutcomeItem } from '../../runner/records/answer.ts';
import type { Precision } from './until.ts';

/** The functions that are told while a run goes on; all optional. What a hook throws ends the run. */
export interface RunHooks {
  /** The run begins. */
  onStart?: (size: RunSize) => void;
  /** What is known of either side before its first round. */
  onBegin?: (event: BeginEvent) => void;
  /** A step ended. */
  onStep?: (place: SessionPlace) => void;
  /** A session ended. */
  onWorkflow?: (event: WorkflowEvent) => void;
  /** A run that goes on until its intervals are narrow took a look at them. */
  onPrecision?: (precision: Precision) => void;
  /** The endpoint went away, and ended the run. */
  onLost?: (message: string) => void;
  /** A measured round ended: told once, of either side. To return a reason stops the run, and stands in its result. */
  onRound?: (event: RoundEvent) => 'threshold' | undefined;
}

/** The size of a run to come: so many sessions of so many steps each, warm-up included. */
export interface RunSize {
  workflows: number;
  stepsPerWorkflow: number;
  /** Measured rounds, and how many are in flight at once. */
  rounds: number;
  concurrency: number;
  /** Sessions of one round. */
  arms: number;
  /** Whether it may end sooner. */
  atMost: boolean;
  /** Workflows begin by the clock: how long they take says nothing of the time left. */
  byClock?: true;
  /** How long the clock lets measured rounds begin, in ms; absent where it sets no end. */
  lastsMs?: number;
  /** The turns that arms take under a rate: each ends when its last workflow does. */
  turns?: number;
}

/** The name of one of the two endpoints that a job interleaves. */
export type SideName = 'base' | 'candidate';

/** The place of a session in its run. */
export interface SessionPlace {
  transport: string;
  /** Absent where there is one endpoint. */
  side?: SideName;
  round: number;
  warmup: boolean;
}

/** A session that ended. */
export interface WorkflowEvent extends SessionPlace {
  record: WorkflowRecord;
  /** Calls and texts of the model, in their order. */
  outcome: readonly OutcomeItem[];
  /** Why it failed, in words fit for the terminal. */
  failure?: string;
}

/** A side that begins. */
export interface BeginEvent {
  /** Absent where there is one endpoint. */
  side?: SideName;
  header: JournalHeader;
}

/** A round that ended, and what its record leaves out. */
export interface RoundEvent extends JournalEntry {
  /** Absent where there is one endpoint. */
  side?: SideName;
}
