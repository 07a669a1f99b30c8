import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type RoundRecord, roundSchema } from './record.ts';
import { calibrationSchema, environmentSchema, runSchema } from './schema.ts';

/** The journal's file in the folder of a run. */
export const JOURNAL_FILE = 'rounds.ndjson';

const JOURNAL_SCHEMA = 'agent-latency-bench/journal/v1';

const headerSchema = z.strictObject({
  schema: z.literal(JOURNAL_SCHEMA),
  toolVersion: z.string(),
  run: runSchema.omit({
    finishedAt: true,
    complete: true,
    stopReason: true,
    stop: true,
    fingerprint: true,
  }),
  environment: environmentSchema.omit({ noise: true }),
  calibration: calibrationSchema.nullable(),
});

const entrySchema = z.strictObject({
  elapsedMs: z.number().nonnegative().describe('since the run began, by the monotonic clock'),
  round: roundSchema,
  gapsUs: z
    .record(z.string(), z.array(z.number().nonnegative()))
    .describe('between output deltas, per transport'),
  refused: z
    .array(z.string())
    .exactOptional()
    .describe('fields that the endpoint has refused so far, so that requests go without'),
});

/** The head of a journal: what is known of a run before its first round. */
export type JournalHeader = Omit<z.infer<typeof headerSchema>, 'schema'>;

/** A finished round, and what its record leaves out. */
export type JournalEntry = z.infer<typeof entrySchema>;

/** The journal of a run under way. */
export interface Journal {
  /** Adds a round that ended: one write, no fsync. A disk that is full costs the journal, not the run. */
  append(entry: JournalEntry): void;
  /** The code of the error that ended the journal early. */
  readonly failure: string | undefined;
  /** Ends the journal; one that holds no round is taken away. */
  close(): void;
}

/**
 * A new journal in the folder of a run: a line that says what runs, then one for each round. It outlives whatever ends
 * the process.
 * @throws the system's error if the file can't be made
 */
export function startJournal(folder: string, header: JournalHeader): Journal {
  const file = path.join(folder, JOURNAL_FILE);
  const fd = openSync(file, 'ax');
  let entries = 0;
  let failure: string | undefined;
  const write = (line: unknown): void => {
    if (failure !== undefined) return;
    try {
      const text = `${JSON.stringify(line)}\n`;
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (error) {
      failure = (error as NodeJS.ErrnoException).code ?? 'unwritable';
    }
  };
  write({ schema: JOURNAL_SCHEMA, ...header });
  return {
    append(entry) {
      entries++;
      write(entry);
    },
    get failure() {
      return failure;
    },
    close() {
      closeSync(fd);
      if (entries === 0) rmSync(file, { force: true });
    },
  };
}

/**
 * The content of a journal; a last line that was torn off is left out.
 * @throws Error saying which line is no line of a journal
 */
export function parseJournal(text: string): { header: JournalHeader; entries: JournalEntry[] } {
  const lines = text.split('\n');
  // Behind the last line end stands nothing, or what was being written when the process was killed.
  lines.pop();
  const [first, ...rest] = lines.map(parseLine);
  const header = headerSchema.safeParse(first);
  if (!header.success) throw new Error('line 1 does not say what was run');
  const { schema: _, ...known } = header.data;
  const entries = rest.map((line, index) => {
    const entry = entrySchema.safeParse(line);
    if (!entry.success) throw new Error(`line ${String(index + 2)} is no round`);
    return entry.data;
  });
  return { header: known, entries };
}

/** The rounds of a journal in the order in which they began. */
export function roundsIn(entries: readonly JournalEntry[]): RoundRecord[] {
  return entries.map(({ round }) => round).sort((a, b) => a.index - b.index);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
