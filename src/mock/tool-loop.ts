import type { Speech } from './output.ts';
import { instanceOf } from './schema-instance.ts';
import { readToolChoice } from './tool-choice.ts';

/**
 * What the script `tool-loop` says: until `calls` tool outputs are there, a call of a tool that the client
 * offers; then, or when it offers none, a text.
 *
 * @param offered tools of the request and of `additional_tools` items, as they came
 * @param toolOutputs tool outputs in the conversation so far
 * @param toolChoice of the request; one that demands a call gets one even after the last
 */
export function toolLoopSpeech(
  offered: readonly Record<string, unknown>[],
  toolOutputs: number,
  calls: number,
  toolChoice: unknown = 'auto',
): Speech {
  const choice = readToolChoice(toolChoice);
  const mayCall = toolOutputs < calls || choice.mode === 'required';
  const tool =
    mayCall && choice.mode !== 'none' ? pickTool(offered.filter(choice.allows)) : undefined;
  if (tool === undefined) {
    return { text: `Done after ${toolOutputs} tool outputs.`, calls: [] };
  }
  const greeting = `hi-${toolOutputs + 1}`;
  const name = String(tool['name']);
  if (tool['type'] === 'custom') return { calls: [{ name, input: customInput(name, greeting) }] };
  const json = JSON.stringify(functionArguments(name, tool['parameters'], greeting));
  return { calls: [{ name, arguments: json }] };
}

/** A shell is harmless with `echo`; after it any function (its schema says what it takes), then free text. */
function pickTool(
  offered: readonly Record<string, unknown>[],
): Record<string, unknown> | undefined {
  const callable = offered.filter(
    ({ type, name }) => (type === 'function' || type === 'custom') && typeof name === 'string',
  );
  return (
    callable.find(({ type, name }) => type === 'function' && shells.has(String(name))) ??
    callable.find(({ type, name }) => type === 'custom' && name === 'exec') ??
    callable.find(({ type }) => type === 'function') ??
    callable[0]
  );
}

const shells: ReadonlySet<string> = new Set(['exec_command', 'shell', 'bash']);

function functionArguments(name: string, schema: unknown, greeting: string): unknown {
  const sample = instanceOf(schema ?? { type: 'object' });
  if (!shells.has(name)) return sample;
  const properties = fieldOf(schema, 'properties');
  const field = fieldOf(properties, 'cmd') === undefined ? 'command' : 'cmd';
  const takesList = fieldOf(fieldOf(properties, field), 'type') === 'array';
  const command = takesList ? ['echo', greeting] : `echo ${greeting}`;
  return { ...(typeof sample === 'object' ? sample : {}), [field]: command };
}

/** `exec` of code-mode clients takes a program that calls the client's own tools. */
function customInput(name: string, greeting: string): string {
  if (name !== 'exec') return greeting;
  return `text(await tools.exec_command({cmd:"echo ${greeting}"}))`;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
