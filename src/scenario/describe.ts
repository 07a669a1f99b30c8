import type { InputItem, OutputItem } from '../protocol/items.ts';
import { outputTokens } from './output-tokens.ts';
import type { Script, Turn } from './script.ts';
import { startsOf } from './sub-agents.ts';

/**
 * A script in numbers. Bytes are those of JSON as it is sent, without the few hundred of a request's other fields;
 * model items carry ids and encrypted reasoning of the length that the bundled server gives them.
 */
export interface ScriptDescription {
  /** Model calls, hence requests; like all sums, those of sub-agents included. */
  turns: number;
  /** Sub-agents that are started. */
  agents: number;
  calls: number;
  /** Turns in which the user says something. */
  userTurns: number;
  /** Reasoning, text and arguments, at 4 bytes per token. */
  outputTokens: number;
  /** Waits for tools; those of parallel calls overlap, and of sub-agents side by side the one with the longest counts. */
  toolTimeMs: number;
  /** What the user thinks between turns, which is not the workflow's time. */
  thinkMs: number;
  /** The `tools` array, which every request carries. */
  toolBytes: number;
  /** The `input` of the first request. */
  firstInputBytes: number;
  /** Tools, `instructions` and `input` of the last request, with the full history. */
  lastContextBytes: number;
  /** All requests, if each carries the full history. */
  fullHistoryBytes: number;
  /** All requests, if each carries only what is new. */
  incrementalBytes: number;
}

/** The counts of what a script says, and of what a replay of it would send. Pure; sends nothing. */
export function describeScript(script: Script): ScriptDescription {
  const own = describeSession(script);
  const about = new Map(
    Object.values(script.agents ?? {}).map((agent) => [agent, describeSession(agent)]),
  );
  for (const turn of script.turns) {
    const starts = startsOf(script, turn);
    let longestMs = waitMs(turn);
    own.toolTimeMs -= longestMs;
    for (const start of starts) {
      const agent = about.get(start.script) ?? describeSession(start.script);
      own.agents++;
      for (const key of summed) own[key] += agent[key];
      longestMs = Math.max(longestMs, start.result.timeMs + agent.toolTimeMs);
    }
    own.toolTimeMs += longestMs;
  }
  return own;
}

/** What the sub-agents of a script add to its own. */
const summed = ['turns', 'calls', 'outputTokens', 'fullHistoryBytes', 'incrementalBytes'] as const;

/** Waits for tools side by side; what sub-agents take comes beside them. */
function waitMs({ toolResults }: Turn): number {
  return Math.max(0, ...toolResults.map(({ timeMs }) => timeMs));
}

/** One session, without the sub-agents that it starts. */
function describeSession(script: Script): ScriptDescription {
  const toolBytes = script.tools.length === 0 ? 0 : jsonBytes(script.tools);
  const fixedBytes =
    toolBytes + (script.instructions?.in === 'request' ? jsonBytes(script.instructions.text) : 0);
  const description: ScriptDescription = {
    turns: script.turns.length,
    agents: 0,
    calls: 0,
    userTurns: 0,
    outputTokens: 0,
    toolTimeMs: 0,
    thinkMs: 0,
    toolBytes,
    firstInputBytes: 0,
    lastContextBytes: 0,
    fullHistoryBytes: 0,
    incrementalBytes: 0,
  };
  const history: number[] = [];
  for (const [index, turn] of script.turns.entries()) {
    const fresh = clientItems(script, index).map(jsonBytes);
    history.push(...fresh);
    const inputBytes = listBytes(history);
    if (index === 0) description.firstInputBytes = inputBytes;
    description.lastContextBytes = fixedBytes + inputBytes;
    description.fullHistoryBytes += fixedBytes + inputBytes;
    description.incrementalBytes += fixedBytes + listBytes(fresh);
    description.calls += turn.model.calls.length;
    description.userTurns += turn.user === undefined ? 0 : 1;
    description.outputTokens += outputTokens(turn.model);
    description.toolTimeMs += waitMs(turn);
    description.thinkMs += turn.thinkMs ?? 0;
    history.push(...modelItems(script, index).map(jsonBytes));
  }
  return description;
}

/** Items that the client adds in a turn. */
function clientItems(script: Script, index: number): InputItem[] {
  const { instructions } = script;
  const turn = script.turns[index];
  const items: InputItem[] = (turn?.toolResults ?? []).map(({ output }, result) => ({
    type: 'function_call_output',
    call_id: `call_${idBase(script, index - 1)}_${result}`,
    output,
  }));
  if (index === 0 && instructions?.in === 'input') {
    items.push(message('developer', instructions.text));
  }
  if (turn?.user !== undefined) items.push(message('user', turn.user));
  return items;
}

function message(role: 'developer' | 'user', text: string): InputItem {
  return { type: 'message', role, content: [{ type: 'input_text', text }] };
}

/** Items that the model adds in a turn, as a client with the full history sends them back. */
function modelItems(script: Script, index: number): OutputItem[] {
  const { reasoning, text, calls } = script.turns[index]?.model ?? { calls: [] };
  const base = idBase(script, index);
  const items: OutputItem[] = [];
  if (reasoning !== undefined) {
    items.push({
      id: `rs_${base}`,
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: reasoning }],
      encrypted_content: Buffer.from(`opaque rs_${base}`).toString('base64'),
    });
  }
  if (text !== undefined) {
    items.push({
      id: `msg_${base}`,
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
    });
  }
  for (const [call, { name, arguments: json }] of calls.entries()) {
    items.push({
      id: `fc_${base}_${call}`,
      type: 'function_call',
      status: 'completed',
      call_id: `call_${base}_${call}`,
      name,
      arguments: json,
    });
  }
  return items;
}

function idBase(script: Script, index: number): string {
  return `${script.name}_${index}`;
}

/** Bytes of a JSON list whose entries have these bytes: commas between, brackets around. */
function listBytes(entries: readonly number[]): number {
  return entries.reduce((sum, bytes) => sum + bytes, 0) + Math.max(0, entries.length - 1) + 2;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
