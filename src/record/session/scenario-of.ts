import { tokensIn } from '../../tokens.ts';
import {
  type CompleteSession,
  type CompleteStep,
  completeSession,
  USUAL_TOKENS_PER_SECOND,
} from './complete.ts';
import { jsonBytes } from './json-bytes.ts';
import type { Said } from './said.ts';
import { type RecordedSession, type RecordedStep, toolTimeMs } from './session.ts';

/** Longest wait for one tool that a scenario can hold. */
const MAX_TOOL_TIME_MS = 3_600_000;

/** A scenario as its file says it: what `scenarioSchema` takes. */
export interface ScenarioDocument {
  name: string;
  description: string;
  assumed?: string[];
  instructions?: Record<string, unknown>;
  tools: Record<string, unknown>[];
  steps: Record<string, unknown>[];
}

/**
 * The scenario that replays a recorded session: contents of the same size (or the same, where the session kept
 * them), calls, tool times, and the model's pace step by step.
 */
export function scenarioOf(recorded: RecordedSession): ScenarioDocument {
  const session = completeSession(recorded);
  const names = toolNames(session);
  return {
    name: session.name,
    description: `${session.origin}, model calls: ${session.steps.length}, as recorded.`,
    ...(session.assumed.length > 0 && { assumed: session.assumed }),
    ...(session.instructions &&
      session.instructions.bytes > 0 && {
        instructions: {
          ...contentOf(session.instructions),
          ...(session.instructionsIn === 'request' && { in: 'request' }),
        },
      }),
    tools: toolsOf(session, names),
    steps: session.steps.map((step, index) => stepOf(step, session.steps[index - 1], names)),
  };
}

/** Names as the API allows them, of the tools that were called or offered. */
function toolNames({ tools = [], steps }: CompleteSession): Map<string, string> {
  const recorded = [
    ...tools.map(({ name }) => name),
    ...steps.flatMap(({ calls }) => calls.map(({ name }) => name)),
  ];
  const names = new Map<string, string>();
  for (const name of recorded) {
    if (names.has(name)) continue;
    const allowed = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60) || 'tool';
    const taken = new Set(names.values());
    let free = allowed;
    for (let count = 2; taken.has(free); count += 1) free = `${allowed}_${count}`;
    names.set(name, free);
  }
  return names;
}

/** Tools whose JSON has the recorded size; where only the sum is known, evenly spread. */
function toolsOf(
  { tools, toolsBytes, otherBytes = OWN_FIELDS_BYTES }: CompleteSession,
  names: ReadonlyMap<string, string>,
): Record<string, unknown>[] {
  const sizes = new Map(tools?.map(({ name, bytes }) => [name, bytes]));
  const all = [...names.values()];
  if (all.length === 0 && toolsBytes > 100) all.push('tool');
  const shareBytes = Math.floor((toolsBytes - 1) / Math.max(1, all.length)) - 1;
  // What else every request carries goes along with the tools, as these do.
  const extraBytes = otherBytes - OWN_FIELDS_BYTES;
  if (all.length === 0 && extraBytes > 100) all.push('other_fields');
  return all.map((name, index) => {
    const [recordedName = name] = [...names].find(([, allowed]) => allowed === name) ?? [];
    const bareBytes = jsonBytes({
      type: 'function',
      name,
      parameters: { type: 'object', properties: {} },
      strict: false,
    });
    const ownBytes = sizes.get(recordedName) ?? Math.max(0, shareBytes);
    const padBytes = ownBytes + (index === 0 ? extraBytes : 0) - bareBytes;
    return { name, ...(padBytes >= MIN_PAD_BYTES && { pad: { bytes: padBytes } }) };
  });
}

/** The replay's own fields: stream, store, include, tool_choice, parallel_tool_calls. */
const OWN_FIELDS_BYTES = 155;
/** A new description brings its key along. */
const MIN_PAD_BYTES = 18;

function stepOf(
  step: CompleteStep,
  before: CompleteStep | undefined,
  names: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const results = (before?.calls ?? []).map(({ output, timeMs }) => ({
    output: contentOf(output),
    ...(timeMs > 0 && { time: duration(Math.min(timeMs, MAX_TOOL_TIME_MS)) }),
  }));
  const calls = step.calls.map((call) => ({
    tool: names.get(call.name),
    ...argumentsOf(call.arguments),
  }));
  const pace = paceOf(step);
  return {
    ...(results.length > 0 && { tool: results.length === 1 ? results[0] : results }),
    ...(step.user && { user: contentOf(atLeastOne(step.user)) }),
    model: {
      ...(step.reasoning && step.reasoning.bytes > 0 && { reasoning: contentOf(step.reasoning) }),
      ...(step.text && step.text.bytes > 0 && { text: contentOf(step.text) }),
      ...(calls.length > 0 && { call: calls.length === 1 ? calls[0] : calls }),
      ...(calls.length === 0 && (step.text?.bytes ?? 0) === 0 && { text: { bytes: 1 } }),
      ...(pace && { pace }),
    },
  };
}

function contentOf({ bytes, escapes, text }: Said): Record<string, unknown> {
  if (text !== undefined || bytes === 0) return { text: text ?? '' };
  const newlines = Math.min(escapes, bytes - 1);
  return { bytes, ...(newlines > 0 && { newlines }) };
}

function atLeastOne(said: Said): Said {
  return said.bytes > 0 ? said : { bytes: 1, escapes: 0 };
}

/** Arguments of the recorded size: one string, lengthened. */
function argumentsOf({ bytes, text }: Said): Record<string, unknown> {
  const kept = text === undefined ? undefined : parsed(text);
  if (kept !== undefined) return { arguments: kept };
  // {"a":""} takes eight.
  return bytes < 9 ? { arguments: {} } : { arguments: { a: '' }, bytes };
}

function parsed(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The pace that makes the scenario's own tokens, 4 bytes each, take as long as the recorded ones. */
function paceOf(step: CompleteStep): Record<string, unknown> | undefined {
  const parts = [step.reasoning, step.text, ...step.calls.map((call) => call.arguments)];
  const tokens = parts.reduce((sum, part) => sum + tokensIn(part?.bytes ?? 0), 0);
  const { firstMs, decodeMs } = splitTime(step, tokens);
  if (firstMs === undefined) return undefined;
  const rate = decodeMs === undefined ? 0 : ((tokens - 1) * 1000) / Math.max(decodeMs, 0.01);
  return {
    first: duration(firstMs),
    ...(rate > 0 && { rate: Math.min(1_000_000, Number(rate.toPrecision(3))) }),
  };
}

function splitTime(
  { firstTokenMs, modelMs }: RecordedStep,
  tokens: number,
): { firstMs?: number; decodeMs?: number } {
  if (firstTokenMs !== undefined) {
    return {
      firstMs: firstTokenMs,
      ...(modelMs !== undefined && { decodeMs: Math.max(0, modelMs - firstTokenMs) }),
    };
  }
  if (modelMs === undefined) return {};
  const usualMs = (Math.max(0, tokens - 1) * 1000) / USUAL_TOKENS_PER_SECOND;
  // A first token takes its time even where the rest is faster than usual.
  const decodeMs = Math.min(usualMs, modelMs * 0.9);
  return { firstMs: modelMs - decodeMs, decodeMs };
}

function duration(ms: number): string {
  return ms >= 10_000 ? `${Number((ms / 1000).toFixed(2))}s` : `${Number(ms.toFixed(1))}ms`;
}

/** A recorded session in numbers, as a summary says it. */
export interface SessionFigures {
  steps: number;
  calls: number;
  inputTokens?: number;
  outputTokens?: number;
  modelMs?: number;
  toolMs: number;
  pauses: number;
  pauseMs: number;
}

/** The sums over a session's steps; tokens as they were billed. */
export function sessionFigures({ steps }: RecordedSession): SessionFigures {
  const sum = (numbers: readonly (number | undefined)[]) =>
    numbers.some((number) => number !== undefined)
      ? numbers.reduce<number>((total, number) => total + (number ?? 0), 0)
      : undefined;
  const inputTokens = sum(steps.map(({ tokens }) => tokens?.input));
  const outputTokens = sum(steps.map(({ tokens }) => tokens?.output));
  const modelMs = sum(steps.map((step) => step.modelMs));
  return {
    steps: steps.length,
    calls: steps.reduce((count, { calls }) => count + calls.length, 0),
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(modelMs !== undefined && { modelMs }),
    toolMs: sum(steps.map(toolTimeMs)) ?? 0,
    pauses: steps.filter(({ pauseMs = 0 }) => pauseMs > 0).length,
    pauseMs: sum(steps.map(({ pauseMs }) => pauseMs)) ?? 0,
  };
}
