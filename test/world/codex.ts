import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { tempFolder } from '../support/cli.ts';

/** Pinned: what it sends is what its release is. 400 MB, so it is no dependency; npm keeps it in its cache. */
const PACKAGE = '@openai/codex@0.169.0';

/** The path of the Codex CLI, which npm installs into its own cache unless it is there. */
export async function installedCodex(): Promise<string> {
  const args = ['exec', '--yes', `--package=${PACKAGE}`, '--', 'which', 'codex'];
  const { stdout } = await promisify(execFile)('npm', args);
  return stdout.trim();
}

/** A run of Codex that has ended. */
export interface CodexRun {
  /** The session file that it left. */
  rollout: string;
}

/**
 * Runs Codex once on a task of its own, in a fresh folder, over HTTP or over WebSocket.
 * @throws Error with what it said, if it didn't finish its turn
 */
export async function runCodex(
  codex: string,
  baseURL: string,
  { webSocket, prompt, key }: { webSocket: boolean; prompt: string; key: string },
): Promise<CodexRun> {
  const folder = await tempFolder();
  const home = path.join(folder, 'home');
  const cwd = path.join(folder, 'work');
  await Promise.all([mkdir(home), mkdir(cwd)]);
  await writeFile(path.join(home, 'config.toml'), configOf(baseURL, webSocket));
  const child = spawn(codex, ['exec', '--skip-git-repo-check', '--json', prompt], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], HOME: home, CODEX_HOME: home, ENDPOINT_KEY: key },
      // Nobody but the endpoint is asked.
      ...{ HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' },
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || !said.includes('"turn.completed"')) {
    throw new Error(`Codex ended with ${String(code)}: ${said}`);
  }
  const files = await readdir(path.join(home, 'sessions'), { recursive: true });
  const rollout = files.find((file) => file.endsWith('.jsonl'));
  if (rollout === undefined) throw new Error('Codex left no session file');
  return { rollout: path.join(home, 'sessions', rollout) };
}

function configOf(baseURL: string, webSocket: boolean): string {
  return `
model = "some-model"
model_provider = "recorded"
check_for_update_on_startup = false
approval_policy = "never"
sandbox_mode = "danger-full-access"
[analytics]
enabled = false
[model_providers.recorded]
name = "recorded"
base_url = "${baseURL}"
env_key = "ENDPOINT_KEY"
wire_api = "responses"
supports_websockets = ${String(webSocket)}
`;
}
