import { expect, it } from 'vitest';
import { toolLoopSpeech } from '../../src/mock/tool-loop.ts';

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
  ['a custom tool takes text', [patch], { name: 'apply_patch', input: 'hi-1' }],
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
  expect(toolLoopSpeech(offered, 0, 3)).toEqual({ calls: [call] });
});

it.each([
  ['all calls are answered', [bash], 3],
  ['nothing is offered', [], 0],
  ['only hosted tools are offered, which no client can answer', [hosted], 0],
])('answers with text when %s', (_, offered, toolOutputs) => {
  expect(toolLoopSpeech(offered, toolOutputs, 3)).toEqual({
    text: `Done after ${toolOutputs} tool outputs.`,
    calls: [],
  });
});

it('numbers its greetings by the outputs so far', () => {
  expect(toolLoopSpeech([bash], 2, 3).calls).toEqual([
    { name: 'bash', arguments: '{"command":"echo hi-3"}' },
  ]);
});
