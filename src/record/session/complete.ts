import { tokensIn } from '../../tokens.ts';
import { BYTES_PER_TOKEN, formatBytes } from '../../units.ts';
import { jsonListBytes } from './json-bytes.ts';
import { type Said, saidBytes, saidTokens } from './said.ts';
import type { RecordedSession, RecordedStep, RecordedTool } from './session.ts';

/** What coding agents send as tools where nothing tells: Codex 0.169 sends 17,221 bytes. */
const USUAL_TOOLS_BYTES = 17_200;
/** A large model's usual pace, where only a whole call's time is known; OpenAI's figure for GPT-5 and 5.2. */
export const USUAL_TOKENS_PER_SECOND = 65;

/** A session without gaps: every size is there, and a scenario can be made of it. */
export interface CompleteSession extends RecordedSession {
  toolsBytes: number;
  steps: CompleteStep[];
}

/** A step whose sizes are all there, and which answers the one before. */
export interface CompleteStep extends RecordedStep {
  calls: CompleteCall[];
}

interface CompleteCall {
  name: string;
  arguments: Said;
  output: Said;
  timeMs: number;
}

/** A recorded session with all that it doesn't know filled in by stated rules; the order of steps is left as it is. */
export function completeSession(session: RecordedSession): CompleteSession {
  const assumed = new Set(session.assumed);
  const answered = withoutOpenEnd(session.steps, assumed);
  const steps = answered.map((step, index) => completeStep(step, answered[index + 1], assumed));
  steps.forEach((step, index) => {
    const before = index === 0 ? undefined : steps[index - 1];
    if (before === undefined || before.calls.length === 0)
      step.user ??= userOf(answered, index, assumed);
  });
  paceNotes(steps, assumed);
  const preamble = preambleOf(session, steps, assumed);
  return { ...session, ...preamble, steps, assumed: [...assumed] };
}

/** The last call of a session that was cut off has no result, and a scenario ends with text. */
function withoutOpenEnd(steps: readonly RecordedStep[], assumed: Set<string>): RecordedStep[] {
  const last = steps.at(-1);
  if (last === undefined || last.calls.length === 0) return [...steps];
  assumed.add('the end: the recording stops at a call, which is left out');
  return [...steps.slice(0, -1), { ...last, calls: [] }];
}

function completeStep(
  step: RecordedStep,
  next: RecordedStep | undefined,
  assumed: Set<string>,
): CompleteStep {
  const { output, reasoning = 0 } = step.tokens ?? {};
  const thought = step.reasoning?.bytes ?? 0;
  const hidden = reasoning * BYTES_PER_TOKEN;
  const spokenTokens = Math.max(1, (output ?? 0) - Math.max(reasoning, tokensIn(thought)));
  const unknown = step.calls.filter((call) => call.arguments === undefined).length;
  const silent = step.text === undefined && step.calls.length === 0;
  if (unknown > 0 || silent) {
    assumed.add(
      output === undefined
        ? 'what the model says: a token each'
        : 'what the model says: by its output tokens, at 4 bytes each',
    );
  }
  const share = spokenTokens / Math.max(1, unknown);
  const outputs = missingOutputs(step, next, assumed);
  if (step.calls.some(({ timeMs }) => timeMs === undefined)) {
    assumed.add('tool time: none where it is not recorded');
  }
  return {
    ...step,
    ...(hidden > thought && { reasoning: saidTokens(reasoning) }),
    ...(silent && { text: saidTokens(spokenTokens) }),
    calls: step.calls.map((call, index) => ({
      name: call.name,
      arguments: call.arguments ?? saidTokens(share),
      output: call.output ?? outputs[index] ?? saidTokens(1),
      timeMs: call.timeMs ?? 0,
    })),
  };
}

/** Results whose size isn't recorded share what the next prompt grew by. */
function missingOutputs(
  step: RecordedStep,
  next: RecordedStep | undefined,
  assumed: Set<string>,
): (Said | undefined)[] {
  const missing = step.calls.filter(({ output }) => output === undefined).length;
  if (missing === 0 || next === undefined) return [];
  const tokens = newTokens(step, next);
  assumed.add(
    tokens === undefined
      ? 'results of tools: a token each'
      : 'results of tools: by what the next prompt grew, at 4 bytes a token',
  );
  const known = step.calls.reduce((sum, { output }) => sum + tokensIn(output?.bytes ?? 0), 0);
  const each = Math.max(1, ((tokens ?? 0) - known - tokensIn(next.user?.bytes ?? 0)) / missing);
  return step.calls.map(({ output }) => (output === undefined ? saidTokens(each) : undefined));
}

/** Tokens that a prompt has beyond the one before and its answer. */
function newTokens(step: RecordedStep, next: RecordedStep): number | undefined {
  const said = step.tokens?.output ?? 0;
  if (next.newInputTokens !== undefined) return Math.max(0, next.newInputTokens - said);
  const before = step.tokens?.input;
  const after = next.tokens?.input;
  if (before === undefined || after === undefined) return undefined;
  return Math.max(0, after - before - said);
}

function userOf(steps: readonly RecordedStep[], index: number, assumed: Set<string>): Said {
  const step = steps[index];
  const before = steps[index - 1];
  const tokens = step && before && newTokens(before, step);
  assumed.add(
    tokens === undefined
      ? "a user's words where none are recorded: a token"
      : "a user's words where none are recorded: by what the prompt grew",
  );
  return saidTokens(Math.max(1, tokens ?? 1));
}

function paceNotes(steps: readonly CompleteStep[], assumed: Set<string>): void {
  if (
    steps.some(({ modelMs, firstTokenMs }) => modelMs !== undefined && firstTokenMs === undefined)
  ) {
    assumed.add(
      `first token and rate: a call's whole time is recorded, split at ${USUAL_TOKENS_PER_SECOND} tokens/s`,
    );
  }
  if (steps.some(({ modelMs }) => modelMs === undefined)) {
    assumed.add("the model's pace: the profile's, where none is recorded");
  }
}

/** Tools and standing orders; where they are not recorded, what the first prompt has beside the user's words. */
function preambleOf(
  { instructions, tools, toolsBytes }: RecordedSession,
  steps: readonly CompleteStep[],
  assumed: Set<string>,
): { toolsBytes: number; instructions?: Said } {
  const [first] = steps;
  const known = tools === undefined ? toolsBytes : listBytes(tools);
  const input = first?.newInputTokens ?? first?.tokens?.input;
  const callsNone = steps.every(({ calls }) => calls.length === 0);
  if (known !== undefined && (instructions !== undefined || input === undefined)) {
    return { toolsBytes: known, ...(instructions && { instructions }) };
  }
  if (callsNone && (input === undefined || instructions !== undefined)) {
    return { toolsBytes: 0, ...(instructions && { instructions }) };
  }
  if (input === undefined) {
    assumed.add(`tools: ${formatBytes(USUAL_TOOLS_BYTES)}, what a coding agent sends`);
    return { toolsBytes: USUAL_TOOLS_BYTES, ...(instructions && { instructions }) };
  }
  const toldBytes = (instructions?.bytes ?? 0) + (first?.user?.bytes ?? 0) + (known ?? 0);
  const restBytes = Math.max(0, input * BYTES_PER_TOKEN - toldBytes);
  if (instructions !== undefined) {
    assumed.add(`tools: ${formatBytes(restBytes)}, ${restOf}`);
    return { toolsBytes: restBytes, instructions };
  }
  if (known !== undefined || callsNone) {
    assumed.add(`instructions: ${formatBytes(restBytes)}, ${restOf}`);
    return { toolsBytes: known ?? 0, ...(restBytes > 0 && { instructions: saidBytes(restBytes) }) };
  }
  assumed.add(`tools and instructions: half each of ${formatBytes(restBytes)}, ${restOf}`);
  const half = Math.floor(restBytes / 2);
  return { toolsBytes: half, ...(half > 0 && { instructions: saidBytes(restBytes - half) }) };
}

const restOf = "the rest of the first prompt's tokens at 4 bytes each";

function listBytes(tools: readonly RecordedTool[]): number {
  return tools.length === 0 ? 0 : jsonListBytes(tools.map(({ bytes }) => bytes));
}
