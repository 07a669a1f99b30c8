import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importSessions } from '../../src/app/record/import.ts';
import { UsageError } from '../../src/errors.ts';
import { sessionFormats } from '../../src/record/import/formats.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';
import { unzstdByLibrary } from '../../src/unzstd.ts';
import { callCli, tempFolder } from '../support/cli.ts';
import * as samples from './samples.ts';

/** What a script says, turn by turn: sizes, waits and pace. */
function outline({ turns }: Script): string[] {
  const size = (text: string | undefined) =>
    text === undefined ? '' : String(Buffer.byteLength(text));
  return turns.map(({ user, toolResults, model }) =>
    [
      ...(user === undefined ? [] : [`user ${size(user)}`]),
      ...toolResults.map(({ output, timeMs }) => `result ${size(output)} ${timeMs}ms`),
      ...(model.reasoning === undefined ? [] : [`reasoning ${size(model.reasoning)}`]),
      ...(model.text === undefined ? [] : [`text ${size(model.text)}`]),
      ...model.calls.map((call) => `${call.name} ${size(call.arguments)}`),
      ...(model.pace?.firstTokenMs === undefined ? [] : [`first ${model.pace.firstTokenMs}`]),
    ].join(', '),
  );
}

async function imported(text: string, options: { format?: string; keepContent?: boolean } = {}) {
  return importSessions({ paths: ['-'], stdin: Readable.from([Buffer.from(text)]), ...options });
}

async function scriptOf(text: string): Promise<Script> {
  return expandScenario(await parseScenario(text, 'it.yaml'), 1);
}

describe('a session becomes a scenario', () => {
  it.each<[reason: string, file: string, turns: string[]]>([
    [
      'Codex: a step is a response, parallel calls are timed from its end, repeats are passed over',
      samples.codexRollout,
      [
        'user 100, reasoning 60, exec_command 40, exec_command 40, first 640',
        'result 500 500ms, result 300 200ms, text 120, first 53.8',
      ],
    ],
    [
      'Codex before usage lines: a count that changed ends a step; a pause of a person is no tool time',
      samples.oldCodexRollout,
      [
        'user 100, apply_patch 90, first 561.5',
        'result 70 200ms, text 120, first 453.8',
        'user 80, text 60, first 684.6',
      ],
    ],
    [
      'Claude Code: a response is on several lines, a dead branch is none, the last count holds',
      samples.claudeSession,
      [
        'user 100, reasoning 60, text 90, Bash 30, first 307.7',
        'result 300 400ms, text 120, first 153.8',
        'user 50, text 40, first 6961.5',
      ],
    ],
    [
      'Copilot: the first token is known',
      samples.copilotSession,
      ['user 100, bash 40, first 300', 'result 300 250ms, text 120, first 150'],
    ],
    [
      'OTLP over two exports: sizes by tokens, the gap up to the next request',
      samples.otlpTrace,
      ['user 4, bash 80, first 300', 'result 300 400ms, text 120, first 300'],
    ],
    [
      "AI SDK: the model's time is without the tool inside of its span",
      samples.aiSdkTrace,
      ['user 100, lookup 40, first 300', 'result 300 360ms, text 120, first 150'],
    ],
    [
      'ATIF: no times; copied context is no step',
      samples.atifTrajectory,
      ['user 100, reasoning 60, text 90, search 40', 'result 300 0ms, text 120'],
    ],
    [
      'Weka: what is new is what shares no block; think time after the end is a pause',
      samples.wekaTrace,
      [
        'user 1600, tool 160, first 1400',
        'result 4128 4000ms, text 120, first 500',
        'user 4312, text 80, first 707.7',
      ],
    ],
    [
      'Agents SDK: tools by their turn, text by its tokens',
      samples.agentsSdkTrace,
      ['user 4, lookup 40, first 661.5', 'result 300 400ms, text 80, first 507.7'],
    ],
    [
      'Codex logs: a warm-up is no step',
      samples.codexLogExport,
      ['user 4, exec_command 40', 'result 300 400ms, text 120'],
    ],
    [
      'HAR: streams and packed JSON; the history that is sent again is counted once',
      samples.harOfHttp,
      ['user 100, lookup 40, first 661.5', 'result 300 400ms, text 120, first 353.8'],
    ],
    [
      'HAR of a WebSocket, in seconds: chained, with the first token',
      samples.harOfSocket(1000),
      ['user 100, lookup 40, first 300', 'result 300 400ms, text 120, first 150'],
    ],
    [
      'the same in milliseconds',
      samples.harOfSocket(1),
      ['user 100, lookup 40, first 300', 'result 300 400ms, text 120, first 150'],
    ],
    [
      'requests and responses, a pair a line',
      samples.responsesJsonl,
      ['user 100, lookup 40, first 300', 'result 300 400ms, text 120, first 150'],
    ],
    [
      'chat completions without times',
      samples.chatJsonl,
      ['user 100, lookup 40', 'result 300 0ms, text 120'],
    ],
  ])('%s', async (_reason, file, turns) => {
    const [made, ...more] = await imported(file);
    expect(more).toEqual([]);
    expect(outline(await scriptOf(made?.text ?? ''))).toEqual(turns);
  });

  it('Mooncake: each request for itself', async () => {
    const made = await imported(samples.mooncakeTrace);
    const outlines = await Promise.all(made.map(async ({ text }) => outline(await scriptOf(text))));
    expect(outlines).toEqual([['user 2400, text 200'], ['user 2800, text 240']]);
  });
});

/** A Zstandard frame (RFC 8878) of blocks that are not compressed. */
function zstdOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1000) {
    const block = bytes.subarray(at, at + 1000);
    const isLast = at + 1000 >= bytes.length;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | Number(isLast), 0, 3);
    blocks.push(head, block);
  }
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]), ...blocks]);
}

const everySample: [name: string, file: string][] = Object.entries(samples).flatMap(
  ([name, file]) => (typeof file === 'string' && file !== samples.MARKER ? [[name, file]] : []),
);

describe('what was said', () => {
  it.each(everySample)('is in nothing that is made of %s', async (_name, file) => {
    for (const made of await imported(file)) {
      expect(JSON.stringify(made)).not.toContain(samples.MARKER);
    }
  });

  it('stays where it is asked for, and the scenario is valid', async () => {
    const [made] = await imported(samples.codexRollout, { keepContent: true });
    const script = await scriptOf(made?.text ?? '');
    expect(script.turns[0]?.user).toBe(samples.words(100));
    expect(script.turns[0]?.model.calls[0]?.arguments).toContain(samples.MARKER);
    expect(script.turns[1]?.toolResults[0]?.output).toBe(samples.words(500));
  });

  it('travels in as many bytes: line ends and quotes are counted', async () => {
    const [made] = await imported(samples.codexRollout);
    const script = await scriptOf(made?.text ?? '');
    expect(JSON.stringify(script.turns[0]?.user)).toHaveLength(100 + 2 + 2);
  });
});

describe('what a recording does not know', () => {
  it.each<[reason: string, file: string, assumed: RegExp[]]>([
    ['Codex', samples.codexRollout, [/^base instructions/, /^first token and rate/, /^tools: /]],
    ['Copilot: only the tools', samples.copilotSession, [/^tools: what the first request/]],
    ['requests with times: nothing', samples.responsesJsonl, []],
    ['ATIF', samples.atifTrajectory, [/^times: /, /^tool time/, /pace: the profile's/, /^tools: /]],
  ])('is said in the scenario: %s', async (_reason, file, assumed) => {
    const [made] = await imported(file);
    const { assumed: said = [] } = parse(made?.text ?? '') as { assumed?: string[] };
    expect(said).toHaveLength(assumed.length);
    said.forEach((sentence, index) => {
      expect(sentence).toMatch(assumed[index] ?? /never/);
    });
  });

  it("a call's arguments and results share the tokens; the prompt's rest is tools and instructions", async () => {
    const [made] = await imported(samples.otlpTrace);
    const { instructions, turns, tools } = await scriptOf(made?.text ?? '');
    // 20 tokens said, 1095 - 1000 - 20 new ones, 1000 in the first prompt with 1 of the user.
    expect(turns[0]?.model.calls[0]?.arguments).toHaveLength(80);
    expect(turns[1]?.toolResults[0]?.output).toHaveLength(300);
    const preamble = JSON.stringify(tools).length + (instructions?.text.length ?? 0);
    expect(Math.abs(preamble - 999 * 4)).toBeLessThan(8);
  });
});

describe('a session that is not as it should be', () => {
  it('stops at a call: that is left out', async () => {
    const rows = samples.codexRollout.split('\n').slice(0, 11).join('\n');
    const [made] = await imported(rows);
    expect(outline(await scriptOf(made?.text ?? '')).at(-1)).toMatch(/text 100\b/);
    expect(made?.assumed.join()).toContain('the recording stops at a call');
  });

  it.each<[reason: string, text: string, message: RegExp]>([
    ['nothing', '', /stdin: expected a session, got an empty file/],
    ['no JSON', 'hello\n', /stdin:1: expected a JSON object, got text that is not JSON/],
    ['other JSON', '{"hello": 1}\n', /expected a session of a known kind \(codex, .*--format/],
    ['numbers', '[1, 2]\n', /stdin:1: expected a JSON object, got a list of other things/],
    ['a torn line', samples.codexRollout.slice(0, -40), /stdin:17: .* cut off .*--allow-torn/],
    ['a document cut off', samples.aiSdkTrace.slice(0, -40), /stdin:1: .*document that is cut off/],
    ['no model call', samples.codexRollout.split('\n')[0] ?? '', /at least one model call/],
  ])('%s: one message', async (_reason, text, message) => {
    await expect(imported(text)).rejects.toThrow(message);
    await expect(imported(text)).rejects.toBeInstanceOf(UsageError);
  });

  it('is cut off at any byte: a message or a valid scenario, and never a word', async () => {
    const whole = Buffer.from(samples.codexRollout);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (cut) => {
        const stdin = Readable.from([whole.subarray(0, cut)]);
        try {
          const [made] = await importSessions({ paths: ['-'], stdin, allowTorn: true });
          await scriptOf(made?.text ?? '');
          expect(made?.text).not.toContain(samples.MARKER);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect(String(error)).not.toContain(samples.MARKER);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has fields of any kind in the place of what is expected', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 6 }), async (values) => {
        const rows = values.map((value) =>
          JSON.stringify({ type: 'response_item', payload: value }),
        );
        for (const { name } of sessionFormats) {
          const text = [...rows, ...values.map((value) => JSON.stringify({ spans: value }))].join(
            '\n',
          );
          await imported(text, { format: name }).catch((error: unknown) => {
            expect(error).toBeInstanceOf(UsageError);
          });
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the command', () => {
  async function folderWith(files: Record<string, string | Buffer>): Promise<string> {
    const cwd = await tempFolder();
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
      await writeFile(path.join(cwd, file), content);
    }
    return cwd;
  }

  it('writes <name>.yaml, says what it is and how to measure it, and overwrites nothing unasked', async () => {
    const cwd = await folderWith({ 'my run.jsonl': samples.codexRollout });
    const { code, stdout, stderr } = await callCli(['import', 'my run.jsonl'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 steps, 2 calls; 2,240 tokens in, 70 out');
    expect(stdout).toContain('measure   agent-latency-bench run my-run.yaml');
    expect(await readFile(path.join(cwd, 'my-run.yaml'), 'utf8')).not.toContain(samples.MARKER);
    const again = await callCli(['import', 'my run.jsonl'], { cwd });
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/exists; .*--force/) as string,
    });
    expect((await callCli(['import', 'my run.jsonl', '--force'], { cwd })).code).toBe(0);
  });

  it('prints one scenario on stdout, and what there is to say on stderr', async () => {
    const cwd = await folderWith({ 'a.jsonl.gz': gzipSync(samples.copilotSession) });
    const { stdout, stderr } = await callCli(['import', 'a.jsonl.gz', '-o', '-'], { cwd });
    expect(outline(await scriptOf(stdout))).toHaveLength(2);
    expect(stderr).toContain('Copilot CLI session');
  });

  it('unpacks Zstandard on any Node; says so where that is cut off or none', async () => {
    const frame = zstdOf(samples.copilotSession);
    const cwd = await folderWith({
      'a.jsonl.zst': frame,
      'torn.jsonl.zst': frame.subarray(0, frame.length - 5),
      'none.jsonl.zst': Buffer.from(samples.copilotSession),
    });
    const { stdout } = await callCli(['import', 'a.jsonl.zst', '-o', '-'], { cwd });
    expect(outline(await scriptOf(stdout))).toHaveLength(2);
    for (const file of ['torn.jsonl.zst', 'none.jsonl.zst']) {
      const refused = await callCli(['import', file, '-o', '-'], { cwd });
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain(`${file}: expected a file that can be read`);
    }
  });

  it.each([
    ['packed', 'KLUv/SAYdQAAQHsiYSI6MX0KAQBDChc=', '{"a":1}\n'.repeat(3)],
    ['a checksum', 'KLUv/QRYQQAAeyJhIjoxfQri7+zg', '{"a":1}\n'],
    ['nothing', '', ''],
  ])('fzstd reads what others pack: %s', async (_reason, base64, text) => {
    const chunks: Buffer[] = [];
    const packed = Readable.from([...Buffer.from(base64, 'base64')].map((byte) => Buffer.of(byte)));
    for await (const chunk of packed.pipe(unzstdByLibrary())) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe(text);
  });

  it('takes a folder, each session under a name of its own, and passes over what is none', async () => {
    const cwd = await folderWith({
      'in/a.jsonl': samples.codexRollout,
      'in/deep/a.jsonl': samples.claudeSession,
      'in/begun.jsonl': samples.codexRollout.split('\n')[0] ?? '',
      'in/package.json': '{"name": "x"}',
      'in/notes.txt': 'x',
    });
    const { stdout } = await callCli(['import', 'in', '-o', 'out/'], { cwd });
    expect(stdout).toContain('written   out/a.yaml');
    expect(stdout).toContain('written   out/a-2.yaml');
    const two = await callCli(['import', 'in', '-o', 'one.yaml'], { cwd });
    expect(two).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a folder for 2') as string,
    });
  });

  it.each([
    ['codex', 'CODEX_HOME', 'sessions/2026/03/01/rollout-x.jsonl', samples.codexRollout],
    ['claude', 'CLAUDE_CONFIG_DIR', 'projects/app/x.jsonl', samples.claudeSession],
    ['copilot', 'COPILOT_HOME', 'session-state/x/events.jsonl', samples.copilotSession],
  ])('finds the newest session of %s', async (agent, variable, file, text) => {
    const cwd = await folderWith({ [file]: text, [file.replace(/x(?=[./])/, 'old')]: '{}' });
    const longAgo = new Date('2020-01-01');
    await utimes(path.join(cwd, file.replace(/x(?=[./])/, 'old')), longAgo, longAgo);
    const { code, stdout } = await callCli(['import', agent], { cwd, env: { [variable]: cwd } });
    expect({ code, steps: /recorded {2}\d/.test(stdout) }).toEqual({ code: 0, steps: true });
    const none = await callCli(['import', agent], { env: { [variable]: '/nowhere' } });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('/nowhere') as string });
  });

  it.each([
    [
      'no file',
      ['import', 'none.jsonl'],
      /expected a session file, got none\.jsonl \(no such file\)/,
    ],
    [
      'a format that nobody knows',
      ['import', 'a.jsonl', '--format', 'x'],
      /--format: expected one of codex/,
    ],
  ])('%s: exit 2', async (_reason, args, message) => {
    const cwd = await folderWith({ 'a.jsonl': samples.codexRollout });
    const { code, stderr } = await callCli(args, { cwd });
    expect({ code, told: message.test(stderr) }).toEqual({ code: 2, told: true });
  });
});
