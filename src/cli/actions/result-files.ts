import path from 'node:path';
import { salvageInto } from '../../app/run/salvage.ts';
import type { GateReport } from '../../compare/gate/report.ts';
import { stepsCsv, summaryCsv } from '../../report/formats/csv.ts';
import { gateReporters, reporters } from '../../report/index.ts';
import type { Result } from '../../result/schema.ts';
import { writeResult } from '../../result/write.ts';
import { writeWhole } from '../../result/write-whole.ts';
import type { FileToWrite } from '../terminal/outputs.ts';

/** The page to look at. */
const PAGE = 'report.html';

/** The files of a result in its folder: the document first, for the rest can be drawn from it. */
export function resultFiles(folder: string, result: Result): FileToWrite[] {
  const drawn = (name: string, draw: (result: Result) => string): FileToWrite => [
    path.join(folder, name),
    () => writeWhole(path.join(folder, name), draw(result)),
  ];
  return [
    [path.join(folder, 'result.json'), () => writeResult(folder, result)],
    drawn('summary.csv', summaryCsv),
    drawn('steps.csv', stepsCsv),
    drawn(PAGE, reporters.html),
  ];
}

/** The verdict beside the result. */
export function gateFile(folder: string, report: GateReport): FileToWrite {
  const file = path.join(folder, 'gate.json');
  return [file, () => writeWhole(file, gateReporters.json(report))];
}

/** The page of a verdict, for a folder that holds no result of its own. */
export function gatePageFile(folder: string, report: GateReport): FileToWrite {
  const file = path.join(folder, PAGE);
  return [file, () => writeWhole(file, gateReporters.html(report))];
}

/** A function that saves the rounds of these folders where the process ends too early; it says how many and where. */
export function rescueOf(...folders: readonly string[]): () => string {
  return () =>
    folders
      .map((folder) => {
        try {
          return `error: the run was cut short; ${salvageInto(folder)} rounds are in ${folder}`;
        } catch {
          return 'error: the run was cut short before a round had ended';
        }
      })
      .join('\n');
}
