import type { Script, ToolResult, Turn } from './script.ts';

/** A sub-agent's start: the result that it brings, and the script of its session. */
export interface SubAgentStart {
  name: string;
  result: ToolResult;
  script: Script;
}

/** The sub-agents that begin side by side before a turn, in the order of the results that they bring. */
export function startsOf(
  { agents }: Pick<Script, 'agents'>,
  { toolResults }: Turn,
): SubAgentStart[] {
  return toolResults.flatMap((result) => {
    const script = result.agent === undefined ? undefined : agents?.[result.agent];
    return result.agent === undefined || script === undefined
      ? []
      : [{ name: result.agent, result, script }];
  });
}

/** A script and those of its sub-agents, each once. */
export function everyScript(script: Script): Script[] {
  return [script, ...Object.values(script.agents ?? {})];
}

/** The model calls of a workflow, those of every sub-agent that it starts included. */
export function modelCallsOf(script: Script): number {
  const started = script.turns.flatMap((turn) => startsOf(script, turn));
  return started.reduce((sum, { script: { turns } }) => sum + turns.length, script.turns.length);
}
