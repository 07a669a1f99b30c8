import { expect, it } from 'vitest';
import { toolLoopSpeech } from '../../src/mock/model/tool-loop.ts';

const functionTool = (name: string, properties: object, required: string[]) => {
  return { type: 'function', name, parameters: { type: 'object', properties, required } };
};
const execCommand = functionTool('exec_command', { cmd: { type: 'string' } }, ['cmd']);
const bash = functionTool('bash', { command: { type: 'string' } }, ['command']);
const shell = functionTool('shell', { command: { type: 'array', items: { type: 'string' } } }, [
  'command',
]);
const weather = functionTool('weather', { days: { type: 'integer', minimum: 1 } }, ['days']);
const exec = { type: 'custom', name: 'exec' };
const patch = { type: 'custom', name: 'apply_patch' };
const note = { type: 'custom', name: 'note' };
const local = { type: 'local_shell' };
const builtInShell = { type: 'shell' };
const hosted = { type: 'web_search' };

it.each([
  [
    'exec_command takes cmd',
    [execCommand],
    { name: 'exec_command', arguments: '{"cmd":"echo hi-1"}' },
  ],
  ['bash takes command', [bash], { name: 'bash', arguments: '{"command":"echo hi-1"}' }],
  ['shell takes a list', [shell], { name: 'shell', arguments: '{"command":["echo","hi-1"]}' }],
  ['arguments satisfy the schema', [weather], { name: 'weather', arguments: '{"days":1}' }],
  [
    'a shell is preferred to other functions',
    [weather, bash],
    { name: 'bash', arguments: '{"command":"echo hi-1"}' },
  ],
  [
    'code mode',
    [exec],
    { name: 'exec', input: 'text(await tools.exec_command({cmd:"echo hi-1"}))' },
  ],
  ['a custom tool takes text', [note], { name: 'note', input: 'hi-1' }],
  [
    'a custom tool for patches takes one, of a file that is not there',
    [patch],
    {
      name: 'apply_patch',
      input: '*** Begin Patch\n*** Update File: hi-1.txt\n@@\n-hi\n+hi-1\n*** End Patch\n',
    },
  ],
  ['a built-in local shell', [local], { tool: 'local_shell', command: ['echo', 'hi-1'] }],
  ['a built-in shell', [builtInShell], { tool: 'shell', command: 'echo hi-1' }],
  [
    'a built-in patch tool, if there is nothing else',
    [{ type: 'apply_patch' }],
    { tool: 'apply_patch', path: 'hi-1.txt', diff: '@@\n-hi\n+hi-1\n' },
  ],
  ['a built-in shell is preferred to functions', [weather, local], { tool: 'local_shell' }],
  [
    'a namespace stands for what is in it',
    [{ type: 'namespace', name: 'sky', tools: [weather] }],
    { name: 'weather', arguments: '{"days":1}', namespace: 'sky' },
  ],
  [
    'a function is preferred to free text',
    [patch, weather],
    { name: 'weather', arguments: '{"days":1}' },
  ],
  [
    'a function without parameters',
    [{ type: 'function', name: 'f', parameters: null }],
    { name: 'f', arguments: '{}' },
  ],
])('%s', (_, offered, call) => {
  const { calls } = toolLoopSpeech({ calls: 3 }, { offered, toolOutputs: 0 });
  expect(calls).toMatchObject([call]);
});

it.each([
  ['all calls are answered', [bash], 3],
  ['nothing is offered', [], 0],
  ['only hosted tools are offered, which no client can answer', [hosted], 0],
])('answers with text when %s', (_, offered, toolOutputs) => {
  expect(toolLoopSpeech({ calls: 3 }, { offered, toolOutputs })).toEqual({
    text: `Done after ${toolOutputs} tool outputs.`,
    calls: [],
  });
});

it('numbers its greetings by the outputs so far', () => {
  const { calls } = toolLoopSpeech({ calls: 3 }, { offered: [bash], toolOutputs: 2 });
  expect(calls).toEqual([{ name: 'bash', arguments: '{"command":"echo hi-3"}' }]);
});

it.each([
  ['as many as asked for', 0, {}, ['hi-1', 'hi-2']],
  ['no more than are left', 4, {}, ['hi-5']],
  ['one, where the client forbids more', 0, { parallelAllowed: false }, ['hi-1']],
  ['one, where one is demanded past the end', 5, { toolChoice: 'required' }, ['hi-6']],
])('calls at a time: %s', (_, toolOutputs, fields, inputs) => {
  const request = { offered: [note], toolOutputs, ...fields };
  const { calls } = toolLoopSpeech({ calls: 5, parallel: 2 }, request);
  expect(calls).toEqual(inputs.map((input) => ({ name: 'note', input })));
});
