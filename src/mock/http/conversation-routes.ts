import { z } from 'zod';
import type { WireItem } from '../../protocol/items.ts';
import { conversationNotFound } from '../answer/service.ts';
import type { Conversations } from '../memory/conversations.ts';
import { inputItemsOf, parseCreateBody } from '../wire/create-body.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import { jsonAnswer } from './answer.ts';
import { listPage } from './list-page.ts';
import type { Route } from './route.ts';

/** The routes under `/v1/conversations`. */
export function conversationRoutes(conversations: Conversations): Route[] {
  return [
    {
      method: 'POST',
      path: /^\/v1\/conversations$/,
      answer({ json }) {
        const body = parseBody(json ?? {});
        if (isRefusal(body)) return body;
        return jsonAnswer(conversations.create(body.items, body.metadata ?? {}));
      },
    },
    {
      method: 'GET',
      path: one,
      answer: ({ id }) =>
        jsonAnswer(conversations.find(id)?.conversation ?? conversationNotFound(id)),
    },
    {
      method: 'POST',
      path: one,
      answer({ id, json }) {
        const body = parseBody(json);
        if (isRefusal(body)) return body;
        if (body.metadata === undefined) return missing('metadata');
        return jsonAnswer(
          conversations.update(id, body.metadata ?? {}) ?? conversationNotFound(id),
        );
      },
    },
    {
      method: 'DELETE',
      path: one,
      answer: ({ id }) =>
        conversations.delete(id)
          ? jsonAnswer({ id, object: 'conversation.deleted', deleted: true })
          : conversationNotFound(id),
    },
    {
      method: 'GET',
      path: itemsOf,
      answer({ id, query }) {
        const items = conversations.find(id)?.items;
        return items === undefined ? conversationNotFound(id) : jsonAnswer(listPage(items, query));
      },
    },
    {
      method: 'POST',
      path: itemsOf,
      answer({ id, json }) {
        const body = parseBody(json);
        if (isRefusal(body)) return body;
        if (body.items.length === 0) return missing('items');
        const added = conversations.append(id, body.items);
        if (added === undefined) return conversationNotFound(id);
        if (isRefusal(added)) return added;
        return jsonAnswer({
          object: 'list',
          data: added,
          first_id: added[0]?.id ?? null,
          last_id: added.at(-1)?.id ?? null,
          has_more: false,
        });
      },
    },
    {
      method: 'GET',
      path: oneItem,
      answer({ id, itemId }) {
        const items = conversations.find(id)?.items;
        if (items === undefined) return conversationNotFound(id);
        return jsonAnswer(items.find((item) => item.id === itemId) ?? itemNotFound(itemId));
      },
    },
    {
      method: 'DELETE',
      path: oneItem,
      answer({ id, itemId }) {
        if (conversations.find(id) === undefined) return conversationNotFound(id);
        return jsonAnswer(conversations.remove(id, itemId) ?? itemNotFound(itemId));
      },
    },
  ];
}

const one = /^\/v1\/conversations\/([^/]+)$/;
const itemsOf = /^\/v1\/conversations\/([^/]+)\/items$/;
const oneItem = /^\/v1\/conversations\/([^/]+)\/items\/([^/]+)$/;

/** Items that one request may bring, as the API has it. */
const MAX_ITEMS = 20;

const bodySchema = z.looseObject({ items: z.unknown(), metadata: z.unknown() }).partial();

interface Body {
  items: readonly WireItem[];
  metadata: Record<string, string> | null | undefined;
}

/** Items and metadata are checked as those of a create are. */
function parseBody(json: unknown): Body | Refusal {
  const parsed = bodySchema.safeParse(json);
  if (!parsed.success) return refuse(400, 'Expected a JSON object.', { code: 'invalid_json' });
  const { items, metadata } = parsed.data;
  const body = parseCreateBody({ model: 'none', input: items, metadata });
  if (isRefusal(body)) return inItems(body);
  const checked = inputItemsOf(body);
  if (typeof items === 'string' || checked.length > MAX_ITEMS) {
    const message = `Invalid value for 'items': expected a list of at most ${MAX_ITEMS} items.`;
    return refuse(400, message, { code: 'invalid_type', param: 'items' });
  }
  return { items: checked, metadata: body.metadata };
}

/** What a create calls its input is called items here. */
function inItems(refusal: Refusal): Refusal {
  const { error } = refusal;
  const param = error.param?.replace(/^input/, 'items') ?? null;
  return {
    ...refusal,
    error: { ...error, param, message: error.message.replace("'input", "'items") },
  };
}

function missing(param: string): Refusal {
  return refuse(400, `Missing required parameter: '${param}'.`, {
    code: 'missing_required_parameter',
    param,
  });
}

function itemNotFound(itemId: string): Refusal {
  return refuse(404, `Item with id '${itemId}' not found.`);
}
