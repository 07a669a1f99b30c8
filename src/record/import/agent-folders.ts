import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';

/** Agents that keep their sessions, where, and which files these are. */
const agents: Readonly<
  Record<string, { folder: (env: NodeJS.ProcessEnv) => string; file: RegExp }>
> = {
  codex: {
    folder: ({ CODEX_HOME }) => join(CODEX_HOME ?? join(homedir(), '.codex'), 'sessions'),
    file: /^rollout-.*\.jsonl(\.zst)?$/,
  },
  claude: {
    folder: ({ CLAUDE_CONFIG_DIR }) =>
      join(CLAUDE_CONFIG_DIR ?? join(homedir(), '.claude'), 'projects'),
    // Sub-agents have files of their own beside it.
    file: /^(?!agent-).*\.jsonl$/,
  },
  copilot: {
    folder: ({ COPILOT_HOME }) =>
      join(COPILOT_HOME ?? join(homedir(), '.copilot'), 'session-state'),
    file: /^events\.jsonl$/,
  },
};

/** The agents that can be named in place of a file. */
export const agentNames: readonly string[] = Object.keys(agents);

/**
 * The newest session that an agent left on this machine.
 * @throws UsageError if there is none
 */
export async function newestSession(
  agent: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const place = agents[agent];
  if (place === undefined) throw new UsageError(`expected one of ${agentNames.join(', ')}`);
  const folder = place.folder(env);
  let newest: { path: string; changedMs: number } | undefined;
  for (const path of await filesUnder(folder)) {
    if (!place.file.test(path.slice(path.lastIndexOf('/') + 1)) || path.includes('/subagents/')) {
      continue;
    }
    const { mtimeMs } = await stat(path);
    if (newest === undefined || mtimeMs > newest.changedMs) newest = { path, changedMs: mtimeMs };
  }
  if (newest !== undefined) return newest.path;
  throw new UsageError(
    `import ${agent}: expected a session under ${folder}, got none; name the file`,
  );
}

/** Session files under a folder, whatever their format. */
export async function sessionFilesUnder(folder: string): Promise<string[]> {
  const files = await filesUnder(folder);
  return files.filter((path) => /\.(jsonl?|ndjson|har)(\.(gz|zst))?$/i.test(path));
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).replaceAll('\\', '/'))
    .sort();
}
