import { toolCountText } from '../memory/tool-count.ts';
import { instanceOf } from './schema-instance.ts';
import type { Speech } from './speech-events.ts';
import { readToolChoice } from './tool-choice.ts';

/** The course of the script `tool-loop`: so many calls in all, so many of them at a time. */
export interface ToolLoop {
  calls: number;
  /** @default 1 */
  parallel?: number;
}

/** The bounds that the client sets to the script. */
export interface ToolLoopRequest {
  /** Tools of the request and of `additional_tools` items, as they came. */
  offered: readonly Record<string, unknown>[];
  /** Tool outputs in the conversation so far. */
  toolOutputs: number;
  /** One that demands a call gets one even after the last. @default auto */
  toolChoice?: unknown;
  /** @default true */
  parallelAllowed?: boolean;
}

/**
 * The speech of the script `tool-loop`: until `calls` tool outputs are there, calls of a tool that the client offers;
 * then, or when it offers none, a text.
 */
export function toolLoopSpeech(
  { calls, parallel = 1 }: ToolLoop,
  { offered, toolOutputs, toolChoice = 'auto', parallelAllowed = true }: ToolLoopRequest,
): Speech {
  const choice = readToolChoice(toolChoice);
  const left = Math.max(calls - toolOutputs, choice.mode === 'required' ? 1 : 0);
  const count = Math.min(left, parallelAllowed ? parallel : 1);
  const tool =
    choice.mode === 'none' ? undefined : pickTool(offered.flatMap(flattened).filter(choice.allows));
  if (tool === undefined || count === 0) {
    return { text: toolCountText(toolOutputs), calls: [] };
  }
  const greetings = Array.from({ length: count }, (_, index) => `hi-${toolOutputs + index + 1}`);
  return { calls: greetings.map((greeting) => callOf(tool, greeting)) };
}

type Tool = Readonly<Record<string, unknown>>;

/** A namespace stands for the tools in it. */
function flattened(tool: Tool): Tool[] {
  if (tool['type'] !== 'namespace' || !Array.isArray(tool['tools'])) return [tool];
  return tool['tools']
    .filter((inner): inner is Tool => typeof inner === 'object' && inner !== null)
    .map((inner) => ({ ...inner, namespace: tool['name'] }));
}

/**
 * A shell is harmless with `echo`; after it any function (its schema says what it takes), then free text, then patches.
 */
function pickTool(tools: readonly Tool[]): Tool | undefined {
  const named = tools.filter(({ name }) => typeof name === 'string');
  const functions = named.filter(({ type }) => type === 'function');
  const customs = named.filter(({ type }) => type === 'custom');
  return (
    functions.find(({ name }) => shells.has(String(name))) ??
    customs.find(({ name }) => name === 'exec') ??
    tools.find(({ type }) => type === 'local_shell' || type === 'shell') ??
    functions[0] ??
    customs.find(({ name }) => name !== 'apply_patch') ??
    customs[0] ??
    tools.find(({ type }) => type === 'apply_patch')
  );
}

const shells: ReadonlySet<string> = new Set(['exec_command', 'shell', 'shell_command', 'bash']);

function callOf(tool: Tool, greeting: string): Speech['calls'][number] {
  const { type, parameters, namespace } = tool;
  const name = String(tool['name']);
  const within = typeof namespace === 'string' ? { namespace } : {};
  switch (type) {
    case 'local_shell':
      return { tool: type, command: ['echo', greeting] };
    case 'shell':
      return { tool: type, command: `echo ${greeting}` };
    case 'apply_patch':
      return { tool: type, path: `${greeting}.txt`, diff: harmlessDiff(greeting) };
    case 'custom':
      return { name, input: customInput(name, greeting), ...within };
    default: {
      const json = JSON.stringify(functionArguments(name, parameters, greeting));
      return { name, arguments: json, ...within };
    }
  }
}

function functionArguments(name: string, schema: unknown, greeting: string): unknown {
  const sample = instanceOf(schema ?? { type: 'object' });
  if (!shells.has(name)) return sample;
  const properties = fieldOf(schema, 'properties');
  const field = fieldOf(properties, 'cmd') === undefined ? 'command' : 'cmd';
  const takesList = fieldOf(fieldOf(properties, field), 'type') === 'array';
  const command = takesList ? ['echo', greeting] : `echo ${greeting}`;
  return { ...(typeof sample === 'object' ? sample : {}), [field]: command };
}

/**
 * `exec` of code-mode clients takes a program that calls the client's own tools, `apply_patch` a patch in its grammar.
 */
function customInput(name: string, greeting: string): string {
  switch (name) {
    case 'exec':
      return `text(await tools.exec_command({cmd:"echo ${greeting}"}))`;
    case 'apply_patch':
      return `*** Begin Patch\n*** Update File: ${greeting}.txt\n${harmlessDiff(greeting)}*** End Patch\n`;
    default:
      return greeting;
  }
}

/** Well-formed, and of a file that isn't there: the client refuses it and changes nothing. */
function harmlessDiff(greeting: string): string {
  return `@@\n-hi\n+${greeting}\n`;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
