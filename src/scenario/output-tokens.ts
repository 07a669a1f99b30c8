import { tokensOf } from '../tokens.ts';
import type { ModelTurn } from './script.ts';

/** The output tokens of a turn in which the model follows the script. */
export function outputTokens({ reasoning = '', text = '', calls }: ModelTurn): number {
  const said = [reasoning, text, ...calls.map((call) => call.arguments)];
  return said.reduce((sum, part) => sum + tokensOf(part), 0);
}
