import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { type EstimateOptions, specifyEstimate } from '../../app/estimate.ts';
import type { Rounds } from '../../app/map/measure-places.ts';
import { pointMaker } from '../../app/map/points.ts';
import { folderNameOf, sweep, sweepSubject } from '../../app/map/sweep.ts';
import {
  addToSweepJournal,
  beginSweepJournal,
  resumeSweepJournal,
  SWEEP_FILE,
} from '../../app/map/sweep-journal.ts';
import { UsageError } from '../../errors.ts';
import { type Axes, axesOf, type MapPoint } from '../../estimate/points.ts';
import { type MapDocument, mapCsv, mapReport } from '../../report/estimates.ts';
import { createResultFolder } from '../../result/folder.ts';
import { writeWhole } from '../../result/write-whole.ts';
import { type AxisFlags, mapOf } from '../flags/axis-flags.ts';
import { INTERRUPTED, interruptible } from '../terminal/interrupt.ts';
import { terminalOptions } from '../terminal/look.ts';
import { writeEach } from '../terminal/outputs.ts';
import { printText } from '../terminal/printer.ts';
import { tellPoint } from '../terminal/sweep-progress.ts';
import { resultFiles } from './result-files.ts';

/** The flags of `sweep` as commander hands them over. */
export interface SweepFlags extends AxisFlags {
  iterations: number;
  warmup: number;
  concurrency: number;
  budget?: number;
  resume?: string;
  out: string;
  quiet?: true;
  format: 'table' | 'json' | 'csv';
}

/** The action of `sweep`: measures a map point by point, prints it and writes its folder; goes on where another ended. */
export async function sweepAction(scenario: string, flags: SweepFlags): Promise<void> {
  const { options, fixed, axes } = mapOf(flags);
  if (axesOf(axes).length === 0) {
    throw new UsageError(
      'expected an axis with several values, such as --rtt 0ms,40ms,100ms or --steps 2..20, got none',
    );
  }
  const { iterations, warmup, concurrency } = flags;
  const at = await (await pointMaker({ ...options, scenario }))(fixed);
  const rounds = { iterations, warmup, concurrency };
  const { conditions } = await specifyEstimate(at);
  const { folder, measured } = await folderOf(at, rounds, axes, flags);
  const journal = path.join(folder, SWEEP_FILE);

  await interruptible(async (signal) => {
    const points = await sweep(
      at,
      axes,
      {
        rounds,
        budgetMs: flags.budget ?? Infinity,
        measured,
        async keep(point, result, progress) {
          const own = path.join(folder, folderNameOf(point.point));
          await mkdir(own, { recursive: true });
          await writeEach(resultFiles(own, result));
          addToSweepJournal(journal, point);
          if (!flags.quiet) tellPoint(point, progress);
        },
      },
      signal,
    );
    const document: MapDocument = { scenario, conditions, axes, points };
    printText(textOf(document, flags.format));
    await writeWhole(path.join(folder, 'sweep.csv'), mapCsv(axes, points));
    tellEnd(folder, points, flags);
    if (signal.aborted) process.exitCode = INTERRUPTED;
  }).catch(async (error: unknown) => {
    // One that holds nothing would look like a sweep; one that does stays.
    await rmdir(folder).catch(() => undefined);
    throw error;
  });
}

/** The folder of a sweep, new or to go on with, and what was measured there before. */
async function folderOf(
  options: EstimateOptions,
  rounds: Rounds,
  axes: Axes,
  { resume, out }: SweepFlags,
): Promise<{ folder: string; measured: MapPoint[] }> {
  const subject = await sweepSubject(options, rounds, axes);
  if (resume !== undefined) {
    return { folder: resume, measured: resumeSweepJournal(path.join(resume, SWEEP_FILE), subject) };
  }
  const { script } = await specifyEstimate(options);
  const folder = await createResultFolder(out, new Date(), `${script.name}-sweep`);
  beginSweepJournal(path.join(folder, SWEEP_FILE), subject);
  return { folder, measured: [] };
}

function textOf(document: MapDocument, format: SweepFlags['format']): string {
  switch (format) {
    case 'json':
      return JSON.stringify(document, null, 2);
    case 'csv':
      return mapCsv(document.axes, document.points);
    case 'table':
      return mapReport(document, terminalOptions());
  }
}

function tellEnd(folder: string, points: readonly MapPoint[], { quiet }: SweepFlags): void {
  if (quiet) return;
  const left = points.filter(({ changes }) => changes.some(({ source }) => source === 'estimated'));
  const goOn =
    left.length === 0 ? '' : `; the same command with --resume ${folder} measures the rest`;
  process.stderr.write(
    `${points.length - left.length} of ${points.length} points measured, in ${folder}${goOn}\n`,
  );
}
