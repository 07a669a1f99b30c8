import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  JOURNAL_FILE,
  type JournalEntry,
  type JournalHeader,
  parseJournal,
  roundsIn,
  startJournal,
} from '../../src/result/journal.ts';
import { madeUpResult } from './made-up.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'journal-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const result = madeUpResult();
const {
  finishedAt: _f,
  complete: _c,
  stopReason: _s,
  stop: _st,
  fingerprint: _fp,
  ...run
} = result.run;
const { noise: _n, ...environment } = result.environment;
const header: JournalHeader = {
  toolVersion: result.tool.version,
  run,
  environment,
  calibration: result.calibration,
};
const entries: JournalEntry[] = result.rounds.map((round, index) => ({
  elapsedMs: index * 1000.5,
  round,
  gapsUs: { http: [1, 2, 3] },
}));

const journal = startJournal(folder, header);
for (const entry of entries) journal.append(entry);
journal.close();
const text = readFileSync(path.join(folder, JOURNAL_FILE), 'utf8');
const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);

describe('a journal', () => {
  it('gives back what was written', () => {
    expect(parseJournal(text)).toEqual({ header, entries });
  });

  it('cut off anywhere behind its first line, holds every round that was whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: ends[0] ?? 0, max: text.length }), (cut) => {
        const whole = ends.filter((end) => end <= cut).length - 1;
        expect(parseJournal(text.slice(0, cut)).entries).toEqual(entries.slice(0, whole));
      }),
    );
  });

  it.each([
    ['nothing', '', 'line 1'],
    ['only a part of its first line', text.slice(0, 20), 'line 1'],
    ['something else', '{"schema":"x"}\n', 'line 1'],
    ['a line that is no round', `${text}{}\n`, `line ${String(ends.length + 1)}`],
  ])('is refused where it holds %s', (_what, broken, place) => {
    expect(() => parseJournal(broken)).toThrow(place);
  });

  it('puts rounds that ended out of turn back in order', () => {
    expect(roundsIn(entries.toReversed())).toEqual(result.rounds);
  });

  it('is not begun where one is already', () => {
    expect(() => startJournal(folder, header)).toThrow('EEXIST');
  });
});
