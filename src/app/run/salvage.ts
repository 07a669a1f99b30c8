import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createHistogram, type Histogram, recordUs } from '../../measure/histogram.ts';
import { JOURNAL_FILE, type JournalEntry, parseJournal, roundsIn } from '../../result/journal.ts';
import { temporaryName } from '../../result/leftovers.ts';
import { type Result, resultSchema } from '../../result/schema.ts';
import { resultOf } from './result-of.ts';

/**
 * The result of a run that was killed, from the text of its journal: every round that had ended.
 * @throws Error saying which line is no line of a journal
 */
export function salvage(journal: string): Result {
  const { header, entries } = parseJournal(journal);
  return resultOf(header, {
    rounds: roundsIn(entries),
    interToken: gapsIn(entries),
    elapsedMs: Math.max(0, ...entries.map(({ elapsedMs }) => elapsedMs)),
    stopReason: 'killed',
    stop: undefined,
    noise: undefined,
    refused: [...new Set(entries.flatMap(({ refused = [] }) => refused))],
  });
}

/**
 * The rounds of a run whose process is about to end: `result.json` is written from the journal in its folder, all of it
 * synchronously.
 * @throws Error if there is no journal, or the disk takes no more
 */
export function salvageInto(folder: string): number {
  const result = salvage(readFileSync(path.join(folder, JOURNAL_FILE), 'utf8'));
  const temporary = path.join(folder, temporaryName());
  writeFileSync(temporary, `${JSON.stringify(resultSchema.parse(result))}\n`);
  renameSync(temporary, path.join(folder, 'result.json'));
  return result.rounds.length;
}

function gapsIn(entries: readonly JournalEntry[]): Map<string, Histogram> {
  const histograms = new Map<string, Histogram>();
  for (const [arm, gaps] of entries.flatMap(({ gapsUs }) => Object.entries(gapsUs))) {
    const histogram = histograms.get(arm) ?? createHistogram();
    histograms.set(arm, histogram);
    for (const gapUs of gaps) recordUs(histogram, gapUs);
  }
  return histograms;
}
