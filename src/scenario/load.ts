import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { closestName } from '../userfile/closest.ts';
import { readDocument } from '../userfile/document.ts';
import { formatPath } from '../userfile/problem.ts';
import { problemReport } from '../userfile/problem-report.ts';
import { readTextFile } from '../userfile/text-file.ts';
import { validate } from '../userfile/validate.ts';
import { builtinNames, builtinPath, isBuiltinName } from './builtin.ts';
import { checkScenario } from './check.ts';
import { readNamedFiles } from './named-files.ts';
import { type Scenario, scenarioSchema } from './schema.ts';
import { volumeProblems } from './volume.ts';

/** A valid scenario, together with the text of every file that it names. */
export interface LoadedScenario {
  scenario: Scenario;
  /** Path of the file it was read from, or what else the caller called its text. */
  source: string;
  /** As it was read. */
  text: string;
  /** Text of the files named by `{ file: … }`, by that name. */
  files: ReadonlyMap<string, string>;
}

/**
 * A built-in scenario by its name, or any scenario by the path of its YAML or JSON file. The name of a built-in
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
 * A scenario in YAML or JSON text. Files that it names are looked for beside `source`.
 * @param source path of the text, which starts every line of a complaint
 * @throws UsageError with one line for every problem: `my.yaml:12:5 steps[2].tool: expected …, got …`
 */
export async function parseScenario(text: string, source: string): Promise<LoadedScenario> {
  const document = readDocument(text);
  if (!document.readable) throw new UsageError(problemReport(source, document, []));
  const { data: scenario, problems } = validate(scenarioSchema, document.value);
  const named = await readNamedFiles(document.value, dirname(resolve(source)));
  const said = new Set(problems.map(({ path }) => formatPath(path)));
  const all = [
    ...problems,
    ...checkScenario(document.value).filter(({ path }) => !said.has(formatPath(path))),
    ...named.problems,
    ...(scenario === undefined ? [] : volumeProblems(scenario)),
  ];
  if (scenario === undefined || all.length > 0 || document.problems.length > 0) {
    throw new UsageError(problemReport(source, document, all));
  }
  return { scenario, source, text, files: named.files };
}

function unreadable(nameOrPath: string, problem: string): string {
  const names = builtinNames.join(', ');
  const closest = closestName(nameOrPath, builtinNames);
  const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
  return `scenario ${JSON.stringify(nameOrPath)}: expected a built-in scenario (${names}) or a YAML or JSON file, got ${problem}${hint}`;
}
