import type { Script } from '../../scenario/script.ts';
import { everyScript } from '../../scenario/sub-agents.ts';
import type { Context } from '../memory/context.ts';
import type { CreateBody } from '../wire/create-body.ts';
import { cutSpeech } from './cut-speech.ts';
import { type Output, renderOutput, type Speech } from './speech-events.ts';
import { type ToolLoop, toolLoopSpeech } from './tool-loop.ts';

/** Decides what is said next, from the request and the conversation that it continues. */
type Model = (body: CreateBody, context: Context) => Output;

/** One script that answers every model name. */
export type SoleScript = ({ kind: 'tool-loop' } & ToolLoop) | { kind: 'script'; script: Script };

/** The number of calls that `tool-loop` makes unless told. */
export const DEFAULT_CALLS = 3;

/** The models that a server has. */
export interface Models {
  readonly names: readonly string[];
  /** The model that a request names; undefined if there is none of that name. */
  find(name: string): Model | undefined;
}

/**
 * A model for each script and each of its sub-agents, and `tool-loop`; or one script for whatever name. A client that can choose nothing but the
 * model may say `tool-loop-10` for ten calls, or `tool-loop-10x2` for ten, two at a time.
 */
export function createModels(scripts: readonly Script[], sole?: SoleScript): Models {
  if (sole?.kind === 'script') {
    const model = scriptedModel(sole.script);
    const agents = scriptedModels(Object.values(sole.script.agents ?? {}));
    return {
      names: [sole.script.name, ...agents.keys()],
      find: (name) => agents.get(name) ?? model,
    };
  }
  if (sole !== undefined) {
    const model = toolLoopModel(sole);
    return { names: [TOOL_LOOP], find: (name) => namedToolLoop(name, sole) ?? model };
  }
  const models = scriptedModels(scripts.flatMap(everyScript));
  return {
    names: [...models.keys(), TOOL_LOOP],
    find: (name) => models.get(name) ?? namedToolLoop(name, { calls: DEFAULT_CALLS }),
  };
}

const TOOL_LOOP = 'tool-loop';

function namedToolLoop(name: string, { calls, parallel = 1 }: ToolLoop): Model | undefined {
  const [whole, ownCalls, ownParallel] =
    /^tool-loop(?:-(\d{1,6})(?:x([1-9]\d?))?)?$/.exec(name) ?? [];
  if (whole === undefined) return undefined;
  return toolLoopModel({
    calls: Number(ownCalls ?? calls),
    parallel: Number(ownParallel ?? parallel),
  });
}

function scriptedModels(scripts: readonly Script[]): Map<string, Model> {
  return new Map(scripts.map((script) => [script.name, scriptedModel(script)]));
}

function scriptedModel(script: Script): Model {
  // Turns are rendered once and shared by all sessions.
  const rendered = new Map<string, Output>();
  return (body, context) => {
    const turn = context.modelTurns;
    const speech: Speech = script.turns[turn]?.model ?? { text: 'The script is over.', calls: [] };
    const encryptedReasoning = wantsEncryptedReasoning(body);
    const key = `${turn} ${encryptedReasoning}`;
    let output = rendered.get(key);
    if (output === undefined) {
      output = renderOutput(speech, idBaseOf(script.name, turn), { encryptedReasoning });
      if (turn < script.turns.length) rendered.set(key, output);
    }
    return withinLimit(body, output, () => ({ speech, idBase: idBaseOf(script.name, turn) }));
  };
}

function toolLoopModel(loop: ToolLoop): Model {
  return (body, context) => {
    const offered = [...(body.tools ?? []), ...context.additionalTools];
    const speech = toolLoopSpeech(loop, {
      offered,
      toolOutputs: context.toolOutputs,
      toolChoice: body.tool_choice,
      parallelAllowed: body.parallel_tool_calls ?? true,
    });
    // The count of outputs outlives a compaction, so that no call has the id of an earlier one.
    const turn = speech.calls.length > 0 ? context.toolOutputs : context.modelTurns;
    const idBase = idBaseOf(TOOL_LOOP, turn);
    const output = renderOutput(speech, idBase, {
      encryptedReasoning: wantsEncryptedReasoning(body),
    });
    return withinLimit(body, output, () => ({ speech, idBase }));
  };
}

/** The output, or as much of it as `max_output_tokens` allows. */
function withinLimit(
  body: CreateBody,
  output: Output,
  source: () => { speech: Speech; idBase: string },
): Output {
  const limit = body.max_output_tokens ?? Infinity;
  if (output.tokens <= limit) return output;
  const { speech, idBase } = source();
  const encryptedReasoning = wantsEncryptedReasoning(body);
  return renderOutput(cutSpeech(speech, limit), idBase, { encryptedReasoning, cut: true });
}

/** Ids depend on script and turn, not on the session, so that rendered events can be shared. */
function idBaseOf(scriptName: string, turn: number): string {
  return `${scriptName.replace(/[^A-Za-z0-9]/g, '-').slice(0, 40)}_${turn}`;
}

function wantsEncryptedReasoning(body: CreateBody): boolean {
  return body.include?.includes('reasoning.encrypted_content') ?? false;
}
