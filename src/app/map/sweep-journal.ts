import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../../errors.ts';
import type { MapPoint } from '../../estimate/points.ts';

/** The journal's file in the folder of a sweep. */
export const SWEEP_FILE = 'points.ndjson';

const SWEEP_SCHEMA = 'agent-latency-bench/sweep/v1';

/** What must be the same for points of two sweeps to stand in one map, in words. */
export type SweepSubject = Readonly<Record<string, string>>;

const headerSchema = z.strictObject({
  schema: z.literal(SWEEP_SCHEMA),
  subject: z.record(z.string(), z.string()),
});

const pointSchema = z.strictObject({
  profile: z.string().exactOptional(),
  tokensPerSecond: z.number().exactOptional(),
  contextTokens: z.number().exactOptional(),
  steps: z.number().exactOptional(),
  rttMs: z.number().exactOptional(),
});

const entrySchema = z.strictObject({
  point: pointSchema,
  changes: z.array(
    z.strictObject({
      base: z.string(),
      candidate: z.string(),
      changePercent: z.number(),
      interval: z.strictObject({ lower: z.number(), upper: z.number() }).nullable(),
      source: z.literal('measured'),
      fromStep: z.int().positive().nullable(),
    }),
  ),
});

/** Begins the journal of a sweep. */
export function beginSweepJournal(file: string, subject: SweepSubject): void {
  appendFileSync(file, `${JSON.stringify({ schema: SWEEP_SCHEMA, subject })}\n`, { flag: 'ax' });
}

/** Adds a point that was measured: one write, so that it is there or it isn't, whatever ends the process. */
export function addToSweepJournal(file: string, point: MapPoint): void {
  appendFileSync(file, `${JSON.stringify(point)}\n`);
}

/**
 * The points of a journal to go on with; a last line that was torn off is cut away.
 * @throws UsageError if there is none, or naming each way in which it was measured otherwise.
 */
export function resumeSweepJournal(file: string, subject: SweepSubject): MapPoint[] {
  const text = readText(file);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const [first, ...lines] = whole.split('\n').slice(0, -1);
  const header = headerSchema.safeParse(parsed(first));
  if (!header.success) throw new UsageError(`--resume: ${file} is no journal of a sweep`);
  const keys = [...new Set([...Object.keys(subject), ...Object.keys(header.data.subject)])];
  const differences = keys
    .filter((key) => subject[key] !== header.data.subject[key])
    .map(
      (key) =>
        `\n  ${key}: ${header.data.subject[key] ?? 'none'} and now ${subject[key] ?? 'none'}`,
    );
  if (differences.length > 0) {
    throw new UsageError(
      `--resume: expected the flags that the sweep was begun with, got others:${differences.join('')}`,
    );
  }
  return lines.map((line, index) => {
    const entry = entrySchema.safeParse(parsed(line));
    if (entry.success) return entry.data;
    throw new UsageError(`--resume: line ${String(index + 2)} of ${file} is no point`);
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `--resume: expected the folder of a sweep, got none (${code ?? 'unreadable'}): ${file}`,
    );
  }
}

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '') as unknown;
  } catch {
    return undefined;
  }
}
