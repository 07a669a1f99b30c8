import { tokensIn } from '../../tokens.ts';
import { BYTES_PER_TOKEN } from '../../units.ts';
import type { Context } from '../memory/context.ts';
import type { Preamble } from '../memory/preamble.ts';
import { type HeldKinds, heldKinds, type StageName } from '../profile/stages.ts';

/** The amount that a stage works on. */
export interface Volume {
  readonly items: number;
  readonly tokens: number;
  /** Tokens of the prompt that stand before these, where they count. */
  readonly before?: number;
}

/** A prompt that continues what was read before, or begins anew. */
export interface Prompt {
  readonly instructionsBytes: number;
  readonly toolsBytes: number;
  /** All that the model reads after the preamble. */
  readonly context: Context;
  /** The response that the request continues, and what is held of it. */
  readonly continued: { readonly context: Context; readonly held: HeldKinds } | undefined;
}

/**
 * The amount that each stage up to `prefill` works on: all of the prompt, less what is held of the response that it
 * continues. A stage that has nothing to do at all is absent, so that not even its fixed cost is due.
 *
 * @param preamble of this request, to be compared with that of the response
 * @param cachedTokens of the prompt, those that the model server's own cache spares
 */
export function volumesOf(
  prompt: Prompt,
  preamble: Preamble,
  cachedTokens: number,
): Partial<Record<StageName, Volume>> {
  const { instructionsBytes, toolsBytes, context, continued } = prompt;
  const before = continued?.context;
  const held = continued?.held ?? heldKinds({}, false);
  const same = (part: keyof Preamble): boolean => before?.preamble?.[part] === preamble[part];
  const carried = volume(
    context.items - (before?.items ?? 0),
    context.bytes - (before?.bytes ?? 0),
  );
  const all = volume(context.items, context.bytes);
  const instructions = exactTokens(instructionsBytes);
  const tools = exactTokens(toolsBytes);

  /** The conversation, less what was done with it before. */
  function spared(isHeld: boolean): Volume {
    return isHeld ? less(all, reusable(before, held)) : all;
  }
  const heldInstructions = same('instructions');
  const heldTools = held.tools && same('tools');

  const tokens = spared(held.tokens);
  const safety = spared(held.safety);
  // A prefix is good up to the first token that differs, and the preamble comes first.
  const prefix = held.prefix && heldTools && heldInstructions && same('model');
  const unread = spared(prefix).tokens + (prefix ? 0 : instructions + tools);
  const whole = all.tokens + instructions + tools;
  const uncached = whole - cachedTokens;
  const toRead = Math.max(0, Math.min(unread, uncached));
  const missing =
    before &&
    less(volume(before.items, before.bytes), held.conversation ? reusable(before, held) : nothing);

  return {
    admit: plus(carried, instructions + tools),
    ...(!(held.routing && same('model')) && { route: nothing }),
    ...(missing && missing.items > 0 && { hydrate: missing }),
    safety: plus(safety, held.safety && heldInstructions ? 0 : instructions),
    tokenise: plus(
      tokens,
      (held.tokens && heldInstructions ? 0 : instructions) + (held.tokens && heldTools ? 0 : tools),
    ),
    embed: spared(held.embeddings),
    prefill: { items: spared(prefix).items, tokens: toRead, before: whole - toRead },
  };
}

/** Tokens of a prompt: preamble and conversation. */
export function promptTokens({
  instructionsBytes,
  toolsBytes,
  context,
}: Pick<Prompt, 'instructionsBytes' | 'toolsBytes' | 'context'>): number {
  return tokensIn(instructionsBytes + toolsBytes + context.bytes);
}

/**
 * Tokens of a prompt that the model has read or said before: up to the last thing that it said, wherever that was
 * kept meanwhile; nothing at the start of a conversation.
 */
export function knownTokens({ instructionsBytes, toolsBytes, context, continued }: Prompt): number {
  const bytes = Math.max(context.modelBytes, continued?.context.bytes ?? 0);
  return bytes === 0 ? 0 : exactTokens(instructionsBytes + toolsBytes + bytes);
}

const nothing: Volume = { items: 0, tokens: 0 };

/** What of an earlier conversation can be held: all of it, or all but the outputs of tools. */
function reusable(before: Context | undefined, held: HeldKinds): Volume {
  if (before === undefined) return nothing;
  const all = volume(before.items, before.bytes);
  return held.functionResults ? all : less(all, volume(before.outputItems, before.outputBytes));
}

function volume(items: number, bytes: number): Volume {
  return { items, tokens: exactTokens(bytes) };
}

function less(from: Volume, what: Volume): Volume {
  return { items: from.items - what.items, tokens: from.tokens - what.tokens };
}

function plus(to: Volume, tokens: number): Volume {
  return { items: to.items, tokens: to.tokens + tokens };
}

/** Not rounded: what is held and what is not add up to the whole. */
function exactTokens(bytes: number): number {
  return bytes / BYTES_PER_TOKEN;
}
