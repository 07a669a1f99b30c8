import { createHash } from 'node:crypto';
import { recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import type { Said } from '../session/said.ts';
import { argumentsSaid, contentSaid, outputSaid } from '../session/values.ts';

/** An item of a conversation, whichever API it came over, without its words. */
export interface ItemFacts {
  kind: 'order' | 'user' | 'answer' | 'reasoning' | 'call' | 'result';
  said: Said;
  /** Of a call and its result. */
  callId: string;
  /** Of the tool that is called. */
  name: string;
  /** The same for the same content, sent again or not: ids and status left aside. */
  mark: string;
}

/**
 * The items in a request's `input` or a response's `output` (Responses API), or in `messages` (Chat Completions).
 * @param keep the words are kept
 */
export function itemsOf(items: unknown, keep: boolean): ItemFacts[] {
  const list: unknown[] = Array.isArray(items) ? items : [{ role: 'user', content: items ?? '' }];
  return list
    .flatMap((item) => itemFacts(recordOf(item)))
    .map((item) => {
      const { kind, callId, name } = item;
      const { text, ...size } = item.said;
      return { ...item, mark: markOf([kind, callId, name, text]), ...(!keep && { said: size }) };
    });
}

/** A digest of a content, from which nobody reads it. */
function markOf(parts: readonly unknown[]): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('base64');
}

/** With the words, which its mark is made of. */
function itemFacts(item: Record<string, unknown>): ItemFacts[] {
  const type = stringOf(item['type']);
  const callId = stringOf(item['call_id']) || stringOf(item['tool_call_id']);
  if (type === 'reasoning') {
    const words = [contentSaid(item['summary'], true), contentSaid(item['content'], true)];
    const longest = words.reduce((a, b) => ((b?.bytes ?? 0) > (a?.bytes ?? 0) ? b : a));
    return [fact('reasoning', longest ?? nothing)];
  }
  if (type.endsWith('_output')) return [fact('result', outputSaid(item['output'], true), callId)];
  if (type.endsWith('_call')) {
    const { arguments: json, input, action } = item;
    const name = stringOf(item['name']) || type;
    // What the server does itself has no arguments, and nobody answers it.
    const given = json ?? input ?? action;
    return given === undefined ? [] : [fact('call', argumentsSaid(given, true), callId, name)];
  }
  // What a history was made into, which nobody reads but its server.
  if (type === 'compaction') {
    return [fact('answer', contentSaid(item['encrypted_content'], true) ?? nothing)];
  }
  if (type !== '' && type !== 'message') return [];
  return messageFacts(item, callId);
}

function messageFacts(message: Record<string, unknown>, callId: string): ItemFacts[] {
  const { role, content, tool_calls: calls } = message;
  if (role === 'tool') return [fact('result', outputSaid(content, true), callId)];
  const words = contentSaid(content, true) ?? nothing;
  if (role !== 'assistant') {
    return [fact(role === 'user' ? 'user' : 'order', words)];
  }
  const asked = (Array.isArray(calls) ? calls : []).map((call) => {
    const { id, function: called } = recordOf(call);
    const { name, arguments: json } = recordOf(called);
    return fact('call', argumentsSaid(json, true), stringOf(id), stringOf(name) || 'tool');
  });
  return [...(words.bytes > 0 || asked.length === 0 ? [fact('answer', words)] : []), ...asked];
}

const nothing: Said = { bytes: 0, escapes: 0 };

function fact(kind: ItemFacts['kind'], what: Said, callId = '', name = ''): ItemFacts {
  return { kind, said: what, callId, name, mark: '' };
}
