import { randomBytes } from 'node:crypto';
import type { WireItem } from '../../protocol/items.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import { type Context, emptyContext, extendContext } from './context.ts';
import { type ListedItem, listedItem } from './listed-item.ts';
import { textLength } from './text-length.ts';

/** A conversation as it stands on the wire. */
interface Conversation {
  id: string;
  object: 'conversation';
  created_at: number;
  metadata: unknown;
}

/** What is known of a conversation. */
interface Entry {
  conversation: Conversation;
  /** What requests continue. */
  context: Context;
  /** Oldest first. */
  items: readonly ListedItem[];
  bytes: number;
}

/** Conversations that requests refer to by id instead of by their latest response. */
export interface Conversations {
  create(items: readonly WireItem[], metadata: unknown): Conversation | Refusal;
  find(id: string): Readonly<Entry> | undefined;
  /** Gives it other metadata; undefined if there is none of that id. */
  update(id: string, metadata: unknown): Conversation | undefined;
  /** Puts items at its end, and tells them as they are kept. */
  append(id: string, items: readonly WireItem[]): readonly ListedItem[] | Refusal | undefined;
  /** Takes one item out; refused while an answer to it would stay. */
  remove(id: string, itemId: string): Conversation | Refusal | undefined;
  /** A response has read what was there and `items`, or has said them; `context` is where that led. */
  advance(id: string, items: readonly WireItem[], context: Context): void;
  /** False if there is none of that id. */
  delete(id: string): boolean;
  readonly bytes: () => number;
}

/** A store of the newest conversations, as many as `capacityBytes` of text allow; images without their data. */
export function createConversations(capacityBytes = 64 * 1024 ** 2): Conversations {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  function replaceItems(entry: Entry, items: readonly ListedItem[], context: Context): void {
    bytes -= entry.bytes;
    entry.items = items;
    entry.context = context;
    entry.bytes = ENTRY_BYTES + textLength(items) + textLength(entry.conversation.metadata);
    bytes += entry.bytes;
    // A Map iterates in the order of insertion: the oldest come first, and the last one stays whatever its size.
    for (const id of entries.keys()) {
      if (bytes <= capacityBytes || entries.size === 1) break;
      remove(id);
    }
  }

  function remove(id: string): boolean {
    bytes -= entries.get(id)?.bytes ?? 0;
    return entries.delete(id);
  }

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
      const entry: Entry = { conversation, context, items: [], bytes: 0 };
      entries.set(conversation.id, entry);
      replaceItems(entry, items.map(listed), context);
      return conversation;
    },
    find: (id) => entries.get(id),
    update(id, metadata) {
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      entry.conversation = { ...entry.conversation, metadata };
      replaceItems(entry, entry.items, entry.context);
      return entry.conversation;
    },
    append(id, items) {
      const entry = entries.get(id);
      if (entry === undefined) return undefined;
      const context = extendContext(entry.context, items);
      if (isRefusal(context)) return context;
      const added = items.map(listed);
      replaceItems(entry, [...entry.items, ...added], context);
      return added;
    },
    remove(id, itemId) {
      const entry = entries.get(id);
      if (entry?.items.some((item) => item.id === itemId) !== true) return undefined;
      const left = entry.items.filter((item) => item.id !== itemId);
      const context = extendContext(emptyContext, left);
      if (isRefusal(context)) {
        return refuse(
          400,
          `Item '${itemId}' is a call whose output is still there; delete that first.`,
        );
      }
      replaceItems(entry, left, context);
      return entry.conversation;
    },
    advance(id, items, context) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      replaceItems(entry, [...entry.items, ...items.map(listed)], context);
    },
    delete: remove,
    bytes: () => bytes,
  };
}

/** What a conversation costs beside its text. */
const ENTRY_BYTES = 1000;

function listed(item: WireItem): ListedItem {
  const prefix = (item.type ?? 'message') === 'message' ? 'msg' : 'item';
  return listedItem(item, `${prefix}_${randomBytes(12).toString('hex')}`);
}
