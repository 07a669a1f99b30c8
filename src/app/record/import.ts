import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError } from '../../errors.ts';
import { agentNames, newestSession, sessionFilesUnder } from '../../record/import/agent-folders.ts';
import { isSession, readSessions } from '../../record/import/formats.ts';
import { openSource, pipeSource, type Source } from '../../record/import/source.ts';
import type { RecordedSession } from '../../record/session/session.ts';
import { type MadeScenario, makeScenario } from './make-scenario.ts';

/** What to import, and how. */
export interface ImportOptions {
  /** Files, folders, `-` for `stdin`, or the name of an agent for its newest session. */
  paths: readonly string[];
  stdin?: Readable;
  /** @default guessed */
  format?: string;
  /** Contents are kept; only sizes otherwise. */
  keepContent?: boolean;
  /** A line that is cut off ends the file. */
  allowTorn?: boolean;
}

/** A scenario, and the file that it was made of. */
export interface ImportedScenario extends MadeScenario {
  path: string;
}

/**
 * Scenarios of the sessions in these files, one each, in the order of the files; their names differ.
 * @throws UsageError with the file, and where in it something else was expected
 */
export async function importSessions(options: ImportOptions): Promise<ImportedScenario[]> {
  const imported: ImportedScenario[] = [];
  const taken = new Set<string>();
  for (const { source, torn } of await sourcesOf(options)) {
    const { format, keepContent: keep = false } = options;
    for (const session of await readSessions(source, { ...(format && { format }), keep })) {
      const tornAt = torn();
      if (tornAt !== undefined) session.notes.push(`line ${tornAt} is cut off: read up to there`);
      const name = freeName(session.name, taken);
      imported.push({ path: source.path, ...(await makeScenario(renamed(session, name))) });
    }
  }
  return imported;
}

interface OpenedSource {
  source: Source;
  torn: () => number | undefined;
}

async function sourcesOf(options: ImportOptions): Promise<OpenedSource[]> {
  const { paths, stdin, allowTorn = false } = options;
  const opened = async (
    open: (torn: Parameters<typeof openSource>[1]) => Source | Promise<Source>,
  ) => {
    let line: number | undefined;
    const source = await open({ allowTorn, onTorn: (at) => (line = at) });
    return { source, torn: () => line };
  };
  const sources: OpenedSource[] = [];
  for (const path of paths) {
    const facts = await stat(path).catch(() => undefined);
    if (path === '-' && stdin !== undefined) {
      sources.push(await opened((torn) => pipeSource(stdin, torn)));
    } else if (facts === undefined && agentNames.includes(path)) {
      const newest = await newestSession(path);
      sources.push(await opened((torn) => openSource(newest, torn)));
    } else if (facts?.isDirectory() === true) {
      const found: OpenedSource[] = [];
      for (const file of await sessionFilesUnder(path)) {
        const each = await opened((torn) => openSource(file, torn));
        if (await isSession(each.source)) found.push(each);
      }
      if (found.length === 0) {
        throw new UsageError(`import: expected a folder with session files, got ${path}`);
      }
      sources.push(...found);
    } else sources.push(await opened((torn) => openSource(path, torn)));
  }
  return sources;
}

function renamed(session: RecordedSession, name: string): RecordedSession {
  return session.name === name ? session : { ...session, name };
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  taken.add(free);
  return free;
}
