import { recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { jsonBytes } from '../session/json-bytes.ts';
import type { Said } from '../session/said.ts';
import type { RecordedTokens, RecordedTool } from '../session/session.ts';
import { contentSaid, toolsFrom } from '../session/values.ts';
import { type ItemFacts, itemsOf } from './items.ts';

/** One request and its answer, without their words. Times in ms on one clock; absent where nobody knows. */
export interface Exchange {
  request: RequestFacts;
  answer: AnswerFacts;
  startMs?: number;
  firstTokenMs?: number;
  endMs?: number;
}

/** What a request says. */
export interface RequestFacts {
  model?: string;
  /** Of the response that it goes on from. */
  previousId?: string;
  /** It only prepares the server: nothing is to be said. */
  warmUp: boolean;
  instructions?: Said;
  /** None is a list without any; absent where it isn't known. */
  tools?: RecordedTool[];
  input: ItemFacts[];
  /** JSON of all other fields. */
  otherBytes?: number;
}

/** What came back. */
export interface AnswerFacts {
  id?: string;
  output: ItemFacts[];
  tokens?: RecordedTokens;
}

/** The facts of a request's body, of the Responses API or of Chat Completions. */
export function requestFacts(body: unknown, keep: boolean): RequestFacts {
  const { model, previous_response_id: previousId, generate, tools, ...rest } = recordOf(body);
  const { input, messages, instructions: _, ...others } = rest;
  const instructions = contentSaid(rest['instructions'], keep);
  return {
    ...(typeof model === 'string' && { model }),
    ...(stringOf(previousId) !== '' && { previousId: stringOf(previousId) }),
    warmUp: generate === false,
    ...(instructions && instructions.bytes > 0 && { instructions }),
    tools: toolsFrom(tools) ?? [],
    input: itemsOf(input ?? messages, keep),
    otherBytes: jsonBytes(others),
  };
}
