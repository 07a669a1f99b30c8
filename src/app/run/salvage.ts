import { createHistogram, type Histogram, recordUs } from '../../measure/histogram.ts';
import { type JournalEntry, parseJournal, roundsIn } from '../../result/journal.ts';
import type { Result } from '../../result/schema.ts';
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
  });
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
