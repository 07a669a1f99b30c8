import { access, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { MadeScenario } from '../../app/record/make-scenario.ts';
import { UsageError } from '../../errors.ts';
import { writeWhole } from '../../result/write-whole.ts';

type Named = Pick<MadeScenario, 'name'>;

/** A scenario, and the file that it goes to; `-` is stdout. */
export interface ScenarioFile<Made extends Named = MadeScenario> {
  scenario: Made;
  file: string;
}

/**
 * The file of each scenario: `<name>.yaml` in the working directory or in the folder that is named; a file that is
 * named holds one.
 * @throws UsageError if there are several for one file, or one would be written over
 */
export async function scenarioFiles<Made extends Named>(
  scenarios: readonly Made[],
  out: string | undefined,
  force: boolean,
): Promise<ScenarioFile<Made>[]> {
  const [first] = scenarios;
  const isFolder = out === undefined || (await isFolderName(out)) || scenarios.length > 1;
  if (scenarios.length > 1 && out !== undefined && (out === '-' || /\.ya?ml$/.test(out))) {
    throw new UsageError(`--out: expected a folder for ${scenarios.length} scenarios, got ${out}`);
  }
  const files =
    isFolder || first === undefined
      ? scenarios.map((scenario) => ({
          scenario,
          file: path.join(out ?? '', `${scenario.name}.yaml`),
        }))
      : [{ scenario: first, file: out }];
  for (const { file } of files) {
    if (force || file === '-' || !(await exists(file))) continue;
    throw new UsageError(
      `--out: expected a new file, got ${file}, which exists; name another, or --force`,
    );
  }
  return files;
}

/**
 * Scenarios written to their files.
 * @throws UsageError if a file can't be written
 */
export async function writeScenarios(files: readonly ScenarioFile[]): Promise<void> {
  for (const { scenario, file } of files) {
    if (file === '-') {
      process.stdout.write(scenario.text);
      continue;
    }
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await writeWhole(file, scenario.text);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unwritable';
      throw new UsageError(`--out: expected a file that can be written, got ${file} (${code})`);
    }
  }
}

async function isFolderName(out: string): Promise<boolean> {
  const facts = await stat(out).catch(() => undefined);
  return facts?.isDirectory() ?? /[\\/]$/.test(out);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
