import type { Script } from './script.ts';

/** The words that a conversation along a script is made of, whoever says them. */
export function promptsOf({ instructions, turns }: Script): string[] {
  const said = turns.flatMap(({ user, toolResults, model }) => [
    user,
    ...toolResults.map(({ output }) => output),
    model.reasoning,
    model.text,
    ...model.calls.map((call) => call.arguments),
  ]);
  return [instructions?.text, ...said].filter((text) => text !== undefined);
}
