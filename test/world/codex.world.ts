import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importSessions } from '../../src/app/record/import.ts';
import type { Script, Turn } from '../../src/scenario/script.ts';
import { median } from '../../src/stats/percentile.ts';
import { startCli, tempFolder } from '../support/cli.ts';
import { expectReplay, scriptOf, toolTimesOff, wireSteps } from '../support/replay.ts';
import { serveForTest } from '../support/serve.ts';
import { wireWitnessForTest } from '../support/wire-witness.ts';
import { installedCodex, runCodex } from './codex.ts';

const PROMPT = 'planted-secret-words, please';
const KEY = 'sk-planted-secret-key';

/** Tasks whose tools take long enough to be told apart from the machine's own pauses. */
const tasks = {
  'five tools': `
name: five-tools
tools: [{ name: exec_command }]
steps:
  - user: { bytes: 20 }
    model: { call: ${command('sleep 0.2; seq 200')} }
  - tool: { output: { bytes: 9 } }
    model: { text: { bytes: 90 }, call: ${command('sleep 0.3; echo hi')} }
  - tool: { output: { bytes: 9 } }
    model: { call: ${command('sleep 0.25; seq 900')} }
  - tool: { output: { bytes: 9 } }
    model: { call: ${command('sleep 0.4; echo "grüße"')} }
  - tool: { output: { bytes: 9 } }
    model: { call: ${command('sleep 0.2; seq 300')} }
  - tool: { output: { bytes: 9 } }
    model: { text: { bytes: 400 } }
`,
  'tools at once': `
name: tools-at-once
tools: [{ name: exec_command }]
steps:
  - user: { bytes: 20 }
    model: { call: [${command('sleep 0.2; seq 200')}, ${command('sleep 0.4; seq 100')}] }
  - tool: [{ output: { bytes: 9 } }, { output: { bytes: 9 } }]
    model: { call: [${command('sleep 0.3; seq 500')}, ${command('sleep 0.2; echo hi')}] }
  - tool: [{ output: { bytes: 9 } }, { output: { bytes: 9 } }]
    model: { call: [${command('sleep 0.4; echo 1')}, ${command('sleep 0.4; echo 2')}] }
  - tool: [{ output: { bytes: 9 } }, { output: { bytes: 9 } }]
    model: { text: { bytes: 400 } }
`,
};

function command(cmd: string): string {
  return `{ tool: exec_command, arguments: ${JSON.stringify({ cmd })} }`;
}

let codex = '';

beforeAll(async () => {
  codex = await installedCodex();
}, 600_000);

describe.each(Object.entries(tasks))('Codex, %s', (_task, scenario) => {
  it.each([
    { carrier: 'HTTP', webSocket: false, arm: 'http' },
    { carrier: 'WebSocket', webSocket: true, arm: 'ws-warm' },
  ] as const)(
    'over $carrier: what is recorded, and what it left on disk',
    async ({ webSocket, arm }) => {
      const served = await serveForTest(['--script', 'task.yaml'], {
        cwd: await folderWith('task.yaml', scenario),
      });
      const recorder = await startCli([
        ...['record', served.url, '--port', '0', '--sessions', '1', '--name', 'mine'],
      ]);
      const listening = await recorder.line(/^listening on /);
      const witness = await wireWitnessForTest(listening.replace('listening on ', ''));
      const { rollout } = await runCodex(codex, witness.url, {
        ...{ webSocket, prompt: PROMPT, key: KEY },
      });
      const { code, stdout, stderr, cwd } = await recorder.finished;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

      const text = await readFile(path.join(cwd, 'mine.yaml'), 'utf8');
      for (const secret of [PROMPT, KEY]) expect(text + stdout).not.toContain(secret);
      const recorded = await scriptOf(text);
      const steps = wireSteps(witness.requests);
      expect(witness.requests.some(({ isWarmUp }) => isWarmUp)).toBe(webSocket);
      // Medians: a busy machine may hold up one step or another, but not most.
      expect(median(toolTimesOff(recorded, steps))).toBeLessThan(1);
      await expectReplay(recorded, arm, steps);

      const [imported, ...more] = await importSessions({ paths: [rollout] });
      expect(more).toEqual([]);
      expect(imported?.text).not.toContain(PROMPT);
      const fromDisk = await scriptOf(imported?.text ?? '');
      expect(fromDisk.turns.map(outline)).toEqual(recorded.turns.map(outline));
      const apartMs = toolTimes(fromDisk).map((timeMs, index) =>
        Math.abs(timeMs - (toolTimes(recorded)[index] ?? NaN)),
      );
      expect(median(apartMs)).toBeLessThan(50);
    },
  );
});

/** How long the tools of each step but the first took, all together. */
function toolTimes({ turns }: Script): number[] {
  return turns
    .slice(1)
    .map(({ toolResults }) => Math.max(...toolResults.map(({ timeMs }) => timeMs)));
}

async function folderWith(name: string, text: string): Promise<string> {
  const folder = await tempFolder();
  await writeFile(path.join(folder, name), text);
  return folder;
}

/** What a session file knows as well as the wire: calls and the sizes of all that is said. */
function outline({ user, toolResults, model }: Turn) {
  const size = (text = '') => Buffer.byteLength(text);
  return {
    user: size(user),
    results: toolResults.map(({ output }) => size(output)),
    text: size(model.text),
    calls: model.calls.map(({ name, arguments: json }) => `${name} ${size(json)}`),
  };
}
