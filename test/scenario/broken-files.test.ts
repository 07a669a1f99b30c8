import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { loadScenario, parseScenario } from '../../src/scenario/load.ts';
import { scenarioTemplate } from '../../src/scenario/template.ts';

/** Everything that is said about a broken text. */
async function complaints(text: string): Promise<string> {
  const error: unknown = await parseScenario(text, 'my.yaml').then(
    () => 'no complaint',
    (reason: unknown) => reason,
  );
  if (error instanceof UsageError) return error.message;
  throw error instanceof Error ? error : new Error(String(error));
}

/** A sound start: a tool `read`, a first step that calls it. Steps of the test begin at line 9. */
const head = `name: t
tools:
  - name: read
    parameters: { type: object, properties: { path: { type: string }, from: { type: integer } }, required: [path], additionalProperties: false }
steps:
  - user: { tokens: 3 }
    model:
      call: { tool: read, arguments: { path: a } }
`;
const tail = '  - { tool: { output: { tokens: 3 } }, model: { text: { tokens: 3 } } }\n';

describe('a broken file is told with line, column, path, what was expected and what came', () => {
  it.each([
    [
      'the file is empty',
      '',
      'my.yaml:1:1 expected a map such as { name: …, steps: … }, got nothing',
    ],
    [
      'the file holds a word',
      'hello',
      'my.yaml:1:1 expected a map such as { name: …, steps: … }, got "hello"',
    ],
    [
      'a sub-agent that nobody defined',
      `${head}  - { tool: { output: { tokens: 3 }, agent: reviwer }, model: { text: { tokens: 3 } } }
sub-agents: { reviewer: { steps: [{ user: { tokens: 3 }, model: { text: { tokens: 3 } } }] } }
`,
      `my.yaml:9:45 steps[1].tool.agent: expected one of the sub-agents reviewer, got "reviwer"; did you mean reviewer?
my.yaml:10:15 sub-agents.reviewer: expected a result that it brings, such as tool: { output: …, agent: reviewer }, got none`,
    ],
    [
      'a sub-agent of a sub-agent, and one to whom a user talks',
      `${head}  - { tool: { output: { tokens: 3 }, agent: a }, model: { text: { tokens: 3 } } }
sub-agents:
  a:
    tools: [{ name: f }]
    steps:
      - { user: { tokens: 3 }, think: 1s, model: { call: { tool: f } } }
      - { tool: { output: { tokens: 3 }, agent: a }, model: { text: { tokens: 3 } } }
`,
      `my.yaml:14:39 sub-agents.a.steps[0].think: expected no pause of a user in a sub-agent, whom no user talks to, got one
my.yaml:15:49 sub-agents.a.steps[1].tool.agent: expected no sub-agent of a sub-agent, got one`,
    ],
    [
      'YAML syntax',
      'name: [a',
      'my.yaml:1:9 Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a tab as indentation', '\tname: a', 'my.yaml:1:1 Tabs are not allowed as indentation'],
    [
      'two documents',
      'name: a\n---\nname: b',
      'my.yaml:2:1 expected one document, got several (separated by ---)',
    ],
    [
      'a key twice, and other mistakes in the same file',
      `name: a\nname: b c\nsteps: []\n`,
      `my.yaml:2:1 expected every key once in a map, got one twice
my.yaml:2:7 name: expected 1 to 64 letters, digits, dots, _ or -, the first a letter or digit, got a string
my.yaml:3:8 steps: expected a list of at least 1, got none`,
    ],
    [
      'an alias without anchor',
      'name: *a',
      'my.yaml:1:7 expected an anchor &a before the alias *a',
    ],
    [
      'an alias inside of itself',
      'name: &a [*a]',
      'my.yaml:1:11 expected a value, got the alias *a inside of itself',
    ],
    [
      'a binary value',
      'name: !!binary aGk=',
      'my.yaml:1:16 expected no tag, got tag:yaml.org,2002:binary',
    ],
    [
      'a number that JSON lacks',
      'name: .inf',
      'my.yaml:1:7 expected a finite number, got Infinity',
    ],
    [
      'a map as a key',
      '? { a: 1 }\n: 2',
      'my.yaml:1:3 expected a plain key, got a map, a list or an alias',
    ],
    [
      'nesting that would exhaust the stack, in brackets',
      '['.repeat(100_000),
      'my.yaml:1:101 expected at most 100 levels of nesting',
    ],
    [
      'the same in block style',
      '- '.repeat(100_000),
      'my.yaml:1:200 expected at most 100 levels of nesting',
    ],
    [
      'missing keys',
      'description: x',
      `my.yaml:1:1 name: expected a string, got nothing
my.yaml:1:1 steps: expected a list, got nothing`,
    ],
    [
      'compaction above a bare number',
      `${head}${tail}compact: { above: 20000 }`,
      'my.yaml:10:19 compact.above: expected a map such as { tokens: 20000 }, got 20000',
    ],
    [
      'compaction above two sizes',
      `${head}${tail}compact: { above: { tokens: 5, bytes: 9 } }`,
      'my.yaml:10:19 compact.above: expected one of tokens, bytes, got tokens and bytes',
    ],
    [
      'compaction above nothing',
      `${head}${tail}compact: { above: { tokens: 0 } }`,
      'my.yaml:10:29 compact.above.tokens: expected at least 1, got 0',
    ],
    [
      'compaction that says not when',
      `${head}${tail}compact: { below: { tokens: 1 } }`,
      `my.yaml:10:10 compact.above: expected a map such as { tokens: 20000 }, got nothing
my.yaml:10:12 compact.below: expected only above, got an unknown key`,
    ],
    [
      'an unknown key, which stands at the key',
      `${head}    repaet: 2\n${tail}`,
      'my.yaml:9:5 steps[0].repaet: expected only tool, user, think, model, repeat, got an unknown key',
    ],
    [
      'a prompt where a map belongs: the prompt is not repeated',
      'name: a\nsteps:\n  - user: my secret plan\n    model: { text: { tokens: 1 } }',
      'my.yaml:3:11 steps[0].user: expected a map such as { tokens: 300 } or { text: … }, got a string',
    ],
    [
      'sizes: two at once, none, zero, a fraction, too large, a bad distribution',
      `name: a
steps:
  - user: { tokens: 1, bytes: 2 }
    model: { text: {} }
  - user: { tokens: 0 }
    model: { text: { tokens: 1.5 } }
  - user: { bytes: 99999999 }
    model: { text: { tokens: { mean: 3, deviation: 1 } } }
`,
      `my.yaml:3:11 steps[0].user: expected one of tokens, bytes, text, file, got tokens and bytes
my.yaml:4:20 steps[0].model.text: expected one of tokens, bytes, text, file, got none
my.yaml:5:21 steps[1].user.tokens: expected at least 1, got 0
my.yaml:6:30 steps[1].model.text.tokens: expected a whole number or a map such as { mean: 900, sd: 300 }, got 1.5
my.yaml:7:20 steps[2].user.bytes: expected at most 10485760, got 99999999
my.yaml:8:30 steps[2].model.text.tokens.sd: expected a number, got nothing
my.yaml:8:41 steps[2].model.text.tokens.deviation: expected only mean, sd, got an unknown key`,
    ],
    [
      'durations',
      `${head}  - tool: { output: { tokens: 3 }, time: 35 }
    model: { call: { tool: read, arguments: { path: a } } }
  - tool: { output: { tokens: 3 }, time: soon }
    model: { call: { tool: read, arguments: { path: a } } }
  - tool: { output: { tokens: 3 }, time: 25h }
    model: { text: { tokens: 3 } }
`,
      `my.yaml:9:42 steps[1].tool.time: expected a duration such as 35ms or 1.2s, got 35
my.yaml:11:42 steps[2].tool.time: expected a duration such as 35ms or 1.2s, got "soon"
my.yaml:13:42 steps[3].tool.time: expected at most 1h, got "25h"`,
    ],
    [
      'a model that says nothing',
      `${head}  - { tool: { output: { tokens: 3 } }, model: { reasoning: { tokens: 3 } } }\n`,
      'my.yaml:9:47 steps[1].model: expected text or call, got neither',
    ],
    [
      'too many results',
      `${head}  - tool: [{ output: { tokens: 3 } }, { output: { tokens: 3 } }]
    model: { text: { tokens: 3 } }\n`,
      'my.yaml:9:11 steps[1].tool: expected 1 result, one for each call of the step before, got 2',
    ],
    [
      'too few results, although another part of the step is broken too',
      `name: t
tools: [{ name: read }]
steps:
  - user: { tokens: 3 }
    model: { call: [{ tool: read }, { tool: read }] }
  - tool: { output: { tokns: 3 } }
    model: { text: { tokens: 3 } }
`,
      `my.yaml:6:11 steps[1].tool: expected 2 results, one for each call of the step before, got 1
my.yaml:6:21 steps[1].tool.output: expected one of tokens, bytes, text, file, got none
my.yaml:6:23 steps[1].tool.output.tokns: expected only tokens, bytes, text, file, newlines, got an unknown key`,
    ],
    [
      'a call that is never answered, in the middle',
      `${head}  - { user: { tokens: 3 }, model: { text: { tokens: 3 } } }\n`,
      'my.yaml:9:5 steps[1]: expected 1 result, one for each call of the step before, got 0',
    ],
    [
      'a call that is never answered, at the end',
      head,
      'my.yaml:8:13 steps[0].model.call: expected the last step to end with text, got calls that nothing answers',
    ],
    [
      'a first step without user',
      'name: t\nsteps:\n  - model: { text: { tokens: 3 } }',
      'my.yaml:3:5 steps[0]: expected user, to open the session, got none',
    ],
    [
      'a first step with results',
      'name: t\nsteps:\n  - { user: { tokens: 3 }, tool: { output: { tokens: 3 } }, model: { text: { tokens: 3 } } }',
      'my.yaml:3:34 steps[0].tool: expected no results, because no call comes before the first step, got 1',
    ],
    [
      'a step after text in which nobody speaks',
      `${head}${tail}  - model: { text: { tokens: 3 } }`,
      'my.yaml:10:5 steps[2]: expected user, because the step before ends with text, got none',
    ],
    [
      'a repeated step that does not answer itself',
      `${head}  - tool: { output: { tokens: 3 } }
    model: { call: [{ tool: read, arguments: { path: a } }, { tool: read, arguments: { path: b } }] }
    repeat: 2
  - { tool: [{ output: { tokens: 3 } }, { output: { tokens: 3 } }], model: { text: { tokens: 3 } } }
`,
      'my.yaml:9:11 steps[1].tool: expected 2 results, one for each call of the repetition before, got 1',
    ],
    [
      'an unknown tool',
      head.replace('tool: read', 'tool: raed') + tail,
      'my.yaml:8:21 steps[0].model.call.tool: expected one of the tools read, got "raed"; did you mean read?',
    ],
    [
      'a call without any tools',
      'name: t\nsteps:\n  - { user: { tokens: 3 }, model: { call: { tool: x } } }\n  - { tool: { output: { tokens: 3 } }, model: { text: { tokens: 3 } } }',
      'my.yaml:3:51 steps[0].model.call.tool: expected a tool, but `tools` has none, got "x"',
    ],
    [
      'two tools of one name',
      'name: t\ntools: [{ name: a }, { name: a }]\nsteps: [{ user: { tokens: 3 }, model: { text: { tokens: 3 } } }]',
      'my.yaml:2:30 tools[1].name: expected a name of its own for every tool, got "a" again',
    ],
    [
      'arguments that the tool would refuse',
      head.replace('{ path: a }', '{ from: first, to: 3 }') + tail,
      `my.yaml:8:38 steps[0].model.call.arguments.path: expected by the tool's parameters: a string, got nothing
my.yaml:8:46 steps[0].model.call.arguments.from: expected by the tool's parameters: a number, got "first"
my.yaml:8:53 steps[0].model.call.arguments.to: expected by the tool's parameters: no other keys than the known ones, got an unknown key`,
    ],
    [
      'arguments beside a pattern and of no type of several',
      `name: t
tools:
  - name: search
    parameters:
      type: object
      properties: { query: { type: string, pattern: '^a' }, limit: { type: [integer, 'null'] } }
steps:
  - { user: { tokens: 3 }, model: { call: { tool: search, arguments: { query: b, limit: 1.5 } } } }
  - { tool: { output: { tokens: 3 } }, model: { text: { tokens: 3 } } }`,
      `my.yaml:8:79 steps[0].model.call.arguments.query: expected by the tool's parameters: a string that matches /^a/, got "b"
my.yaml:8:89 steps[0].model.call.arguments.limit: expected by the tool's parameters: a whole number or null, got 1.5`,
    ],
    [
      'parameters that are no object',
      'name: t\ntools: [{ name: a, parameters: { type: array } }]\nsteps: [{ user: { tokens: 3 }, model: { text: { tokens: 3 } } }]',
      'my.yaml:2:40 tools[0].parameters.type: expected the type "object", got "array"',
    ],
    [
      'a call smaller than its arguments',
      head.replace('path: a }', 'path: a }, bytes: 9') + tail,
      'my.yaml:8:58 steps[0].model.call.bytes: expected at least the 12 bytes that the arguments have as JSON, got 9',
    ],
    [
      'a call whose arguments have no string to lengthen',
      head
        .replace('required: [path]', 'required: []')
        .replace('{ path: a }', '{ from: 3 }, tokens: 9') + tail,
      'my.yaml:8:51 steps[0].model.call.tokens: expected a string among the arguments that can be lengthened, got none',
    ],
    [
      'more turns than fit',
      'name: t\nsteps: [{ user: { tokens: 3 }, model: { text: { tokens: 3 } }, repeat: 9999 }, { user: { tokens: 3 }, model: { text: { tokens: 3 } }, repeat: 2 }]',
      'my.yaml:2:80 steps[1]: expected at most 10000 turns in all, got 10001 up to here',
    ],
    [
      'more text than fits',
      'name: t\nsteps: [{ user: { bytes: 10000000 }, model: { text: { tokens: 3 } }, repeat: 9 }]',
      'my.yaml:2:9 steps[0]: expected at most 64 MiB of text in all, got 86 MiB up to here',
    ],
    [
      'files that are not there, are a directory, are named twice',
      'name: t\nsteps: [{ user: { file: nowhere.txt }, model: { text: { file: . } } }, { user: { file: "" }, model: { text: { tokens: 3 } } }]',
      `my.yaml:2:25 steps[0].user.file: expected a file with text, got no such file
my.yaml:2:63 steps[0].model.text.file: expected a file with text, got a directory
my.yaml:2:88 steps[1].user.file: expected at least 1 character, got none`,
    ],
  ])('%s', async (_reason, text, expected) => {
    expect(await complaints(text)).toBe(expected);
  });

  it('shows the first fifty problems and counts the others', async () => {
    const message = await complaints(`name: t\nsteps: [${'{ user: 3, model: 3 }, '.repeat(40)}]`);
    const lines = message.split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('and 30 more');
  });

  it('refuses aliases that expand to far more than the file', async () => {
    const levels = 'bcdefghi';
    const bomb = Array.from(levels, (name, index) => {
      const below = index === 0 ? 'a' : (levels[index - 1] ?? '');
      return `${name}: &${name} [${Array(9).fill(`*${below}`).join(', ')}]`;
    });
    expect(await complaints(`a: &a [lol]\n${bomb.join('\n')}`)).toBe(
      'my.yaml:1:1 expected aliases that repeat little, got some that expand to far more than the file',
    );
  });

  it('never throws anything but a UsageError, whatever became of a good file', async () => {
    const good = scenarioTemplate();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length),
        fc.nat(40),
        fc.constantFrom(
          '',
          ' ',
          '\n',
          '-',
          ': ',
          '[',
          '}',
          '"',
          '*a ',
          '&a ',
          '!!set ',
          '? ',
          '|',
          '\0',
        ),
        async (start, length, inserted) => {
          const text = good.slice(0, start) + inserted + good.slice(start + length);
          await complaints(text).catch((error: unknown) => {
            expect(error).toEqual(new Error('no complaint'));
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a scenario that can not be read', () => {
  it.each([
    ['a typo in a built-in', 'codng-agent', /got no such file; did you mean coding-agent\?$/],
    ['something else', 'nothing/like/it.yaml', /coding-agent, quick, .* got no such file$/],
    ['a directory', tmpdir(), /got a directory$/],
    ['no path at all', 'a\0b', /got an unreadable file/],
    ['the empty name', '', /got no such file$/],
  ])('%s', async (_reason, name, expected) => {
    await expect(loadScenario(name)).rejects.toThrow(expected);
    await expect(loadScenario(name)).rejects.toBeInstanceOf(UsageError);
  });

  it.each([
    ['binary data', Buffer.from([0x6e, 0xff, 0xfe]), 'bytes that are no UTF-8 text'],
    ['a huge file', Buffer.alloc(11 * 1024 ** 2, ' '), 'more than 10 MiB'],
  ])('%s', async (_reason, bytes, expected) => {
    const path = await fileWith(bytes);
    await expect(loadScenario(path)).rejects.toThrow(expected);
  });

  it('accepts a byte order mark, CRLF and tabs in JSON', async () => {
    const text =
      '\uFEFF{\r\n\t"name": "t",\r\n\t"steps": [{"user": {"tokens": 3}, "model": {"text": {"tokens": 3}}}]\r\n}';
    const { scenario } = await loadScenario(await fileWith(Buffer.from(text)));
    expect(scenario.name).toBe('t');
  });
});

async function fileWith(bytes: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'scenario.yaml');
  await writeFile(path, bytes);
  return path;
}
