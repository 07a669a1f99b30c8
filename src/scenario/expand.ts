import type { FunctionTool } from '../protocol/request.ts';
import { drawNormal, randomAt } from '../random.ts';
import { BYTES_PER_TOKEN, parseDurationMs } from '../units.ts';
import { extendLastString } from './arguments.ts';
import { type Content, MAX_CONTENT_BYTES, type Size } from './content.ts';
import { sha256OfScenario } from './digest.ts';
import { listOf } from './list-of.ts';
import type { LoadedScenario } from './load.ts';
import type { Call, Pace, Scenario, Session, Tool } from './schema.ts';
import type { ModelPace, ModelTurn, Script, ScriptedCall, ToolResult, Turn } from './script.ts';
import { randomText, withNewlines } from './text.ts';

/**
 * A script: every byte of a scenario, decided. The same definition and seed give the same script on every machine; sizes are met
 * exactly, unless a call's own arguments are longer than a size that was drawn.
 */
export function expandScenario(loaded: LoadedScenario, seed: number): Script {
  const { scenario, files } = loaded;
  const { name, description, 'sub-agents': agents } = scenario;
  const write = contentWriter(seed, files);
  const about = { description, seed, sha256: sha256OfScenario(loaded) };
  return {
    name,
    ...about,
    ...expandSession(scenario, '', write),
    ...(agents && {
      agents: Object.fromEntries(
        Object.entries(agents).map(([agent, session]) => [
          agent,
          {
            name: `${name}.${agent}`,
            ...about,
            ...expandSession(session, `sub-agents.${agent}.`, write),
          },
        ]),
      ),
    }),
  };
}

/** @param place what comes before the places of its contents, from which these are drawn */
function expandSession(
  { instructions, tools, compact, steps }: Session,
  place: string,
  write: Writer,
): Omit<Script, 'name' | 'description' | 'seed' | 'sha256' | 'agents'> {
  return {
    ...(instructions && {
      instructions: {
        text: write.content(instructions, `${place}instructions`),
        in: instructions.in,
      },
    }),
    ...(compact && { compactAboveBytes: contextBytes(compact.above) }),
    tools: tools.map((tool, index) => expandTool(tool, `${place}tools[${index}].pad`, write)),
    turns: steps.flatMap((step, index) =>
      Array.from({ length: step.repeat }, (_, repetition) =>
        // The first repetition goes without a number: raising `repeat` leaves it as it was.
        expandStep(
          step,
          tools,
          `${place}steps[${index}]${repetition === 0 ? '' : `#${repetition}`}`,
          write,
        ),
      ),
    ),
  };
}

function contextBytes({ tokens, bytes }: NonNullable<Scenario['compact']>['above']): number {
  return tokens === undefined ? (bytes ?? Infinity) : tokens * BYTES_PER_TOKEN;
}

interface Writer {
  content(content: Content, place: string): string;
  text(bytes: number, place: string): string;
  sizeBytes(size: Size, place: string): number | undefined;
}

function contentWriter(seed: number, files: ReadonlyMap<string, string>): Writer {
  const writer: Writer = {
    content: ({ text, file, newlines = 0, ...size }, place) =>
      text ??
      (file === undefined ? undefined : files.get(file)) ??
      withNewlines(writer.text(writer.sizeBytes(size, place) ?? 0, place), newlines),
    text: (bytes, place) => randomText(randomAt(seed, place), bytes),
    sizeBytes({ tokens, bytes }, place) {
      const amount = tokens ?? bytes;
      if (amount === undefined) return undefined;
      const drawn =
        typeof amount === 'number'
          ? amount
          : drawNormal(randomAt(seed, `${place} size`), amount, MAX_CONTENT_BYTES);
      return tokens === undefined ? drawn : drawn * BYTES_PER_TOKEN;
    },
  };
  return writer;
}

function expandTool(tool: Tool, place: string, write: Writer): FunctionTool {
  const { name, description, parameters, strict, pad } = tool;
  const padBytes = (pad && write.sizeBytes(pad, place)) ?? 0;
  const padded = padDescription(description, padBytes, (bytes) => write.text(bytes, place));
  return {
    type: 'function',
    name,
    ...(padded !== undefined && { description: padded }),
    parameters,
    strict,
  };
}

/** Adds so much text that the tool's JSON grows by `bytes`; a new description brings its key along. */
function padDescription(
  description: string | undefined,
  bytes: number,
  text: (bytes: number) => string,
): string | undefined {
  if (bytes === 0) return description;
  if (description === undefined) return text(Math.max(1, bytes - '"description":"",'.length));
  return append(description, bytes, text);
}

function append(start: string, bytes: number, text: (bytes: number) => string): string {
  if (start === '' || bytes < 2) return start + text(bytes);
  return `${start} ${text(bytes - 1)}`;
}

function expandStep(
  step: Scenario['steps'][number],
  tools: readonly Tool[],
  place: string,
  write: Writer,
): Turn {
  const { reasoning, text, call, pace } = step.model;
  const model: ModelTurn = {
    ...(reasoning && { reasoning: write.content(reasoning, `${place}.model.reasoning`) }),
    ...(text && { text: write.content(text, `${place}.model.text`) }),
    calls: listOf(call).map((each, index) =>
      expandCall(each, tools, `${place}.model.call[${index}]`, write),
    ),
    ...(pace && { pace: expandPace(pace, place) }),
  };
  return {
    toolResults: listOf(step.tool).map(
      ({ output, time, agent }, index): ToolResult => ({
        output: write.content(output, `${place}.tool[${index}].output`),
        timeMs: parseDurationMs(time, `${place}.tool[${index}].time`),
        ...(agent !== undefined && { agent }),
      }),
    ),
    ...(step.user && { user: write.content(step.user, `${place}.user`) }),
    ...(step.think !== undefined && {
      thinkMs: parseDurationMs(step.think, `${place}.think`),
    }),
    model,
  };
}

function expandPace({ first, rate }: Pace, place: string): ModelPace {
  return {
    ...(first !== undefined && {
      firstTokenMs: parseDurationMs(first, `${place}.model.pace.first`),
    }),
    ...(rate !== undefined && { tokensPerSecond: rate }),
  };
}

function expandCall(
  call: Call,
  tools: readonly Tool[],
  place: string,
  write: Writer,
): ScriptedCall {
  const json = JSON.stringify(call.arguments);
  const missingBytes = (write.sizeBytes(call, place) ?? 0) - Buffer.byteLength(json);
  if (missingBytes <= 0) return { name: call.tool, arguments: json };
  const parameters = tools.find(({ name }) => name === call.tool)?.parameters;
  const longer = extendLastString(call.arguments, parameters, (start) =>
    append(start, missingBytes, (bytes) => write.text(bytes, place)),
  );
  return { name: call.tool, arguments: JSON.stringify(longer) };
}
