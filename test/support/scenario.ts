import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Model calls of {@link scenarioYaml}. */
export const SCENARIO_STEPS = 3;

/** A scenario file of three steps; every tool takes `toolTime`. */
export function scenarioYaml(toolTime = '1ms'): string {
  return `name: tiny
description: Two calls, then a text.
instructions: { tokens: 500 }
tools:
  - { name: look, description: Looks., parameters: { type: object } }
steps:
  - user: { tokens: 20 }
    model: { reasoning: { tokens: 5 }, call: { tool: look, arguments: { at: here } } }
  - tool: { output: { tokens: 200 }, time: ${toolTime} }
    model: { call: { tool: look, arguments: { at: there } } }
  - tool: { output: { tokens: 200 }, time: ${toolTime} }
    model: { text: { tokens: 20 } }
`;
}

/** Writes that scenario into a folder; returns the file's name there. */
export async function writeScenario(folder: string, toolTime?: string): Promise<string> {
  await writeFile(path.join(folder, 'tiny.yaml'), scenarioYaml(toolTime));
  return 'tiny.yaml';
}
