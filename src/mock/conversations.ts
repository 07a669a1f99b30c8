import { randomBytes } from 'node:crypto';
import type { WireItem } from '../protocol/items.ts';
import { type Context, emptyContext, extendContext } from './context.ts';
import { isRefusal, type Refusal } from './refusal.ts';

/** A conversation as it stands on the wire. */
interface Conversation {
  id: string;
  object: 'conversation';
  created_at: number;
  metadata: unknown;
}

/** Conversations that requests refer to by id instead of by their latest response. */
export interface Conversations {
  create(items: readonly WireItem[], metadata: unknown): Conversation | Refusal;
  find(id: string): { conversation: Conversation; context: Context } | undefined;
  /** The conversation now goes this far. */
  advance(id: string, context: Context): void;
  /** False if there is none of that id. */
  delete(id: string): boolean;
}

/** Keeps the newest `capacity` conversations in memory, as counts and ids; the oldest go first. */
export function createConversations(capacity = 10_000): Conversations {
  const entries = new Map<string, { conversation: Conversation; context: Context }>();
  return {
    create(items, metadata) {
      const context = extendContext(emptyContext, items);
      if (isRefusal(context)) return context;
      const conversation: Conversation = {
        id: `conv_${randomBytes(16).toString('hex')}`,
        object: 'conversation',
        created_at: Math.floor(Date.now() / 1000),
        metadata,
      };
      entries.set(conversation.id, { conversation, context });
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
      return conversation;
    },
    find: (id) => entries.get(id),
    advance(id, context) {
      const entry = entries.get(id);
      if (entry !== undefined) entry.context = context;
    },
    delete: (id) => entries.delete(id),
  };
}
