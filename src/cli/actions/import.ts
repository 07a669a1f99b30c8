import { importSessions } from '../../app/record/import.ts';
import { UsageError } from '../../errors.ts';
import { madeScenarioWords } from '../words/made-scenario.ts';
import { scenarioFiles, writeScenarios } from './scenario-files.ts';

/** The flags of `import`. */
export interface ImportFlags {
  format?: string;
  out?: string;
  keepContent?: true;
  allowTorn?: true;
  force?: true;
}

/** The action of `import`: writes a scenario for each session, and says what it is. */
export async function importAction(sources: readonly string[], flags: ImportFlags): Promise<void> {
  const { format, keepContent, allowTorn, out, force = false } = flags;
  if (sources.length === 0 && process.stdin.isTTY) {
    throw new UsageError(
      'import: expected a session file, a folder, codex, claude or copilot, or a pipe, got none',
    );
  }
  const imported = await importSessions({
    paths: sources.length === 0 ? ['-'] : sources,
    stdin: process.stdin,
    ...(format !== undefined && { format }),
    ...(keepContent && { keepContent }),
    ...(allowTorn && { allowTorn }),
  });
  const files = await scenarioFiles(imported, out, force);
  await writeScenarios(files);
  // Where the scenario itself went to stdout, what is said of it must not.
  const stream = out === '-' ? process.stderr : process.stdout;
  for (const { scenario, file } of files) {
    stream.write(`${madeScenarioWords(scenario, file)}\n`);
  }
}
