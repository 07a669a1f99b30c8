import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { builtinNames, builtinPath, isBuiltinName } from './builtin.ts';
import { checkScenario } from './check.ts';
import { closestName } from './closest.ts';
import { readDocument, type SourceDocument } from './document.ts';
import { readNamedFiles } from './named-files.ts';
import { formatPath, type Problem } from './problem.ts';
import type { Scenario } from './schema.ts';
import { readTextFile } from './text-file.ts';
import { validateScenario } from './validate.ts';
import { volumeProblems } from './volume.ts';

/** More than anyone reads at once; the rest is counted. */
const MAX_PROBLEMS_SHOWN = 50;

/** A valid scenario, together with the text of every file that it names. */
export interface LoadedScenario {
  scenario: Scenario;
  /** Path of the file it was read from, or what else the caller called its text. */
  source: string;
  /** Text of the files named by `{ file: … }`, by that name. */
  files: ReadonlyMap<string, string>;
}

/**
 * Loads a built-in scenario by its name, or any scenario by the path of its YAML or JSON file. The name of a built-in
 * wins over a file of that name; write `./quick` for the file.
 * @throws UsageError if there is none, or with everything that is wrong with it.
 */
export async function loadScenario(nameOrPath: string): Promise<LoadedScenario> {
  const path = isBuiltinName(nameOrPath) ? builtinPath(nameOrPath) : nameOrPath;
  const file = await readTextFile(path);
  if (file.problem !== undefined) throw new UsageError(unreadable(nameOrPath, file.problem));
  return parseScenario(file.text, path);
}

/**
 * Reads a scenario from YAML or JSON text. Files that it names are looked for beside `source`.
 * @param source path of the text, which starts every line of a complaint
 * @throws UsageError with one line for every problem: `my.yaml:12:5 steps[2].tool: expected …, got …`
 */
export async function parseScenario(text: string, source: string): Promise<LoadedScenario> {
  const document = readDocument(text);
  if (!document.readable) throw new UsageError(report(source, document, []));
  const { scenario, problems } = validateScenario(document.value);
  const named = await readNamedFiles(document.value, dirname(resolve(source)));
  const said = new Set(problems.map(({ path }) => formatPath(path)));
  const all = [
    ...problems,
    ...checkScenario(document.value).filter(({ path }) => !said.has(formatPath(path))),
    ...named.problems,
    ...(scenario === undefined ? [] : volumeProblems(scenario)),
  ];
  if (scenario === undefined || all.length > 0 || document.problems.length > 0) {
    throw new UsageError(report(source, document, all));
  }
  return { scenario, source, files: named.files };
}

function unreadable(nameOrPath: string, problem: string): string {
  const names = builtinNames.join(', ');
  const closest = closestName(nameOrPath, builtinNames);
  const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
  return `scenario ${JSON.stringify(nameOrPath)}: expected a built-in scenario (${names}) or a YAML or JSON file, got ${problem}${hint}`;
}

/** All problems in the order of the text, one a line. */
function report(source: string, document: SourceDocument, problems: readonly Problem[]): string {
  const lines = [
    ...document.problems,
    ...problems.map(({ path, message, atKey }) => ({
      position: document.position(path, atKey),
      message: path.length === 0 ? message : `${formatPath(path)}: ${message}`,
    })),
  ]
    .sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
    .map(({ position, message }) => `${source}:${position.line}:${position.column} ${message}`);
  const more = lines.length - MAX_PROBLEMS_SHOWN;
  return [...lines.slice(0, MAX_PROBLEMS_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(
    '\n',
  );
}
