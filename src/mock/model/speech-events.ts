import type { OutputItem } from '../../protocol/items.ts';
import type { ModelPace, ScriptedCall } from '../../scenario/script.ts';
import { type BuiltInCall, writeBuiltInCall } from './built-in-calls.ts';
import { createEventWriter, type Frame } from './event-writer.ts';
import { writeCustomCall, writeFunctionCall, writeMessage, writeReasoning } from './item-events.ts';

/** The speech of the model in one response: thoughts first, then text, then calls. A scripted turn is one. */
export interface Speech {
  reasoning?: string;
  text?: string;
  calls: readonly (
    | (ScriptedCall & { namespace?: string })
    | { name: string; input: string; namespace?: string }
    | BuiltInCall
  )[];
  pace?: ModelPace;
}

/** The output of one response, ready to send: the same for every session, so it may be shared. */
export interface Output {
  /** All events between `response.in_progress` and the terminal one. */
  readonly frames: readonly Frame[];
  readonly items: readonly OutputItem[];
  readonly itemsJson: string;
  /** One per delta event, and those that no event shows. */
  readonly tokens: number;
  readonly reasoningTokens: number;
  /** How fast the model says it, where its script knows. */
  readonly pace?: ModelPace;
  /** `max_output_tokens` came before the end: the response ends incomplete. */
  readonly cut?: true;
}

/**
 * The items and events of a speech.
 * @param cut the speech is not whole: the response ends incomplete
 * @param idBase unique inside a conversation; item and call ids are derived from it
 */
export function renderOutput(
  speech: Speech,
  idBase: string,
  { encryptedReasoning, cut = false }: { encryptedReasoning: boolean; cut?: boolean },
): Output {
  const writer = createEventWriter();
  const { reasoning, text, calls, pace } = speech;
  if (reasoning !== undefined) writeReasoning(writer, reasoning, idBase, encryptedReasoning);
  const reasoningTokens = writer.tokens();
  // The model was cut off in the last item.
  const statusOf = (isLast: boolean) => (cut && isLast ? 'incomplete' : 'completed');
  if (text !== undefined) {
    const phase = calls.length === 0 ? 'final_answer' : 'commentary';
    writeMessage(writer, text, { idBase, phase, status: statusOf(calls.length === 0) });
  }
  for (const [index, call] of calls.entries()) {
    if ('tool' in call) writeBuiltInCall(writer, call, `${idBase}_${index}`);
    else if ('input' in call) writeCustomCall(writer, call, `${idBase}_${index}`);
    else {
      const status = statusOf(index === calls.length - 1);
      writeFunctionCall(writer, call, `${idBase}_${index}`, status);
    }
  }
  const { frames, items } = writer;
  const itemsJson = JSON.stringify(items);
  const tokens = writer.tokens();
  return {
    frames,
    items,
    itemsJson,
    tokens,
    reasoningTokens,
    ...(pace && { pace }),
    ...(cut && { cut }),
  };
}
