import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError } from '../../errors.ts';
import { agentNames, newestSession, sessionFilesUnder } from '../../record/import/agent-folders.ts';
import { isSession, readSessions } from '../../record/import/formats.ts';
import type { TornPolicy } from '../../record/import/records.ts';
import { openSource, pipeSource, type Source } from '../../record/import/source.ts';
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
  const { format, keepContent: keep = false } = options;
  const imported: ImportedScenario[] = [];
  const taken = new Set<string>();
  for (const { source, torn, inFolder } of await sourcesOf(options)) {
    const sessions = await readSessions(source, { ...(format && { format }), keep });
    // An agent that was started and left again leaves such files.
    if (sessions.length === 0 && !inFolder) throw noModelCall(source.path);
    for (const session of sessions) {
      const tornAt = torn();
      if (tornAt !== undefined) session.notes.push(`line ${tornAt} is cut off: read up to there`);
      const name = freeName(session.name, taken);
      imported.push({ path: source.path, ...(await makeScenario({ ...session, name })) });
    }
  }
  const [path = ''] = options.paths;
  if (imported.length === 0) throw noModelCall(path);
  return imported;
}

function noModelCall(path: string): UsageError {
  return new UsageError(`${path}: expected at least one model call, got none`);
}

interface OpenedSource {
  source: Source;
  /** The line that was cut off, once it was read. */
  torn: () => number | undefined;
  inFolder: boolean;
}

async function sourcesOf(options: ImportOptions): Promise<OpenedSource[]> {
  const { paths, stdin, allowTorn = false } = options;
  const sources: OpenedSource[] = [];
  for (const path of paths) {
    const facts = await stat(path).catch(() => undefined);
    if (path === '-' && stdin !== undefined) {
      sources.push(await opened((torn) => pipeSource(stdin, torn), allowTorn));
    } else if (facts?.isDirectory() === true) {
      sources.push(...(await sessionsIn(path, allowTorn)));
    } else {
      const isAgent = facts === undefined && agentNames.includes(path);
      const file = isAgent ? await newestSession(path) : path;
      sources.push(await opened((torn) => openSource(file, torn), allowTorn));
    }
  }
  return sources;
}

/** Whatever in a folder some format recognises. */
async function sessionsIn(folder: string, allowTorn: boolean): Promise<OpenedSource[]> {
  const found: OpenedSource[] = [];
  for (const file of await sessionFilesUnder(folder)) {
    const each = await opened((torn) => openSource(file, torn), allowTorn);
    if (await isSession(each.source)) found.push({ ...each, inFolder: true });
  }
  if (found.length > 0) return found;
  throw new UsageError(`import: expected a folder with session files, got ${folder}`);
}

async function opened(
  open: (torn: TornPolicy) => Source | Promise<Source>,
  allowTorn: boolean,
): Promise<OpenedSource> {
  let line: number | undefined;
  const source = await open({ allowTorn, onTorn: (at) => (line = at) });
  return { source, torn: () => line, inFolder: false };
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`;
  taken.add(free);
  return free;
}
