import { describe, expect, it } from 'vitest';
import {
  knownTokens,
  type Prompt,
  promptTokens,
  volumesOf,
} from '../../src/mock/latency/volumes.ts';
import { type Context, emptyContext, extendContext } from '../../src/mock/memory/context.ts';
import type { Preamble } from '../../src/mock/memory/preamble.ts';
import type { cacheKinds } from '../../src/mock/profile/stages.ts';
import { heldKinds, type StageName } from '../../src/mock/profile/stages.ts';
import { isRefusal } from '../../src/mock/wire/refusal.ts';
import type { WireItem } from '../../src/protocol/items.ts';

const user: WireItem = { role: 'user', content: 'x'.repeat(400) };
const call: WireItem = {
  type: 'function_call',
  call_id: 'a',
  name: 'f',
  arguments: 'x'.repeat(79),
};
const output: WireItem = { type: 'function_call_output', call_id: 'a', output: 'x'.repeat(40) };
const next: WireItem = { role: 'user', content: 'x'.repeat(4) };

const preamble: Preamble = { model: 'm', instructions: 'i', tools: 't' };

function contextOf(items: WireItem[], from = emptyContext): Context {
  const context = extendContext(from, items);
  if (isRefusal(context)) throw new Error(context.error.message);
  return context;
}

/** 100 + 20 + 10 tokens that were read or said before, 1 that is new; 50 of instructions, 200 of tools. */
const before: Context = { ...contextOf([user, call, output]), preamble };
const sizes = { instructionsBytes: 200, toolsBytes: 800, context: contextOf([next], before) };
const replayed: Prompt = { ...sizes, continued: undefined };
const continued: Prompt = { ...sizes, continued: { context: before, held: heldKinds({}, true) } };
const stored: Prompt = { ...sizes, continued: { context: before, held: heldKinds({}, false) } };

type Charges = Partial<Record<StageName, [items: number, tokens: number]>>;

function chargesOf(prompt: Prompt, cachedTokens = 0, now = preamble): Charges {
  const entries = Object.entries(volumesOf(prompt, now, cachedTokens));
  return Object.fromEntries(entries.map(([stage, { items, tokens }]) => [stage, [items, tokens]]));
}

const all: Charges = {
  admit: [4, 381],
  route: [0, 0],
  safety: [4, 181],
  tokenise: [4, 381],
  embed: [4, 131],
  prefill: [4, 381],
};
const onlyNew: Charges = {
  admit: [1, 251],
  safety: [1, 1],
  tokenise: [1, 1],
  embed: [1, 1],
  prefill: [1, 1],
};

describe('what each stage is charged for', () => {
  it.each<[string, Prompt, Charges]>([
    ['full replay pays for everything, but has no history to read', replayed, all],
    ['a continuation on its connection pays for what is new', continued, onlyNew],
    [
      'a continuation from the store reads the history, then pays for everything but the upload',
      stored,
      { ...all, admit: [1, 251], hydrate: [3, 130] },
    ],
  ])('%s', (_, prompt, expected) => {
    expect(chargesOf(prompt)).toEqual(expected);
  });

  it.each<[(typeof cacheKinds)[number], Charges]>([
    ['routing', { route: [0, 0] }],
    ['conversation', { hydrate: [3, 130] }],
    ['safety', { safety: [4, 181] }],
    ['tokens', { tokenise: [4, 381] }],
    ['embeddings', { embed: [4, 131] }],
    ['prefix', { prefill: [4, 381] }],
    // The prefix before the tools is no use: they come first.
    ['tools', { tokenise: [1, 201], prefill: [4, 381] }],
    [
      'functionResults',
      { hydrate: [1, 10], safety: [2, 11], tokenise: [2, 11], embed: [2, 11], prefill: [2, 11] },
    ],
  ])('without `%s` a connection pays for that again', (kind, more) => {
    const held = heldKinds({ [kind]: false }, true);
    const prompt = { ...sizes, continued: { context: before, held } };
    expect(chargesOf(prompt)).toEqual({ ...onlyNew, ...more });
  });

  it.each<[keyof Preamble, Charges]>([
    ['model', { route: [0, 0], prefill: [4, 381] }],
    ['instructions', { safety: [1, 51], tokenise: [1, 51], prefill: [4, 381] }],
    ['tools', { tokenise: [1, 201], prefill: [4, 381] }],
  ])('other %s than before are work anew', (part, more) => {
    const now = { ...preamble, [part]: 'other' };
    expect(chargesOf(continued, 0, now)).toEqual({ ...onlyNew, ...more });
  });
});

describe('prompt cache', () => {
  it('knows what the model read or said, whichever way the conversation comes in', () => {
    // Up to the call: 250 of preamble, 100 of the user, 20 of the call. A chain knows the tool's output too.
    expect(knownTokens(replayed)).toBe(370);
    expect(knownTokens({ ...replayed, context: contextOf([user]) })).toBe(0);
    expect(promptTokens(replayed)).toBe(381);
  });

  it('spares prefill on every transport, and nothing else', () => {
    expect(chargesOf(replayed, 370)).toEqual({ ...all, prefill: [4, 11] });
    expect(chargesOf(stored, 370).prefill).toEqual([4, 11]);
    expect(chargesOf(continued, 370)).toEqual(onlyNew);
  });
});
