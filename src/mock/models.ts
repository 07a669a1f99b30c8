import type { Script } from '../scenario/script.ts';
import type { Context } from './context.ts';
import type { CreateBody } from './create-body.ts';
import { type Output, renderOutput, type Speech } from './output.ts';
import { toolLoopSpeech } from './tool-loop.ts';

/** Decides what is said next, from the request and the conversation that it continues. */
export type Model = (body: CreateBody, context: Context) => Output;

/** One script that answers every model name. */
export type SoleScript = { kind: 'tool-loop'; calls: number } | { kind: 'script'; script: Script };

/** Finds the model that a request names; undefined if there is none of that name. */
export function createModels(
  scripts: readonly Script[],
  sole?: SoleScript,
): (name: string) => Model | undefined {
  if (sole !== undefined) {
    const model = sole.kind === 'script' ? scriptedModel(sole.script) : toolLoopModel(sole.calls);
    return () => model;
  }
  const models = new Map(scripts.map((script) => [script.name, scriptedModel(script)]));
  return (name) => models.get(name);
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
    return output;
  };
}

function toolLoopModel(calls: number): Model {
  return (body, context) => {
    const offered = [...(body.tools ?? []), ...context.additionalTools];
    const speech = toolLoopSpeech(offered, context.toolOutputs, calls);
    return renderOutput(speech, idBaseOf('tool-loop', context.modelTurns), {
      encryptedReasoning: wantsEncryptedReasoning(body),
    });
  };
}

/** Ids depend on script and turn, not on the session, so that rendered events can be shared. */
function idBaseOf(scriptName: string, turn: number): string {
  return `${scriptName.replace(/[^A-Za-z0-9]/g, '-').slice(0, 40)}_${turn}`;
}

function wantsEncryptedReasoning(body: CreateBody): boolean {
  return body.include?.includes('reasoning.encrypted_content') ?? false;
}
