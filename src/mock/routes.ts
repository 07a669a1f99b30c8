import type { WireItem } from '../protocol/items.ts';
import type { Conversations } from './conversations.ts';
import { inputItemsOf, parseCreateBody } from './create-body.ts';
import { listPage } from './list-page.ts';
import type { Records, StoredResponse } from './records.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import { conversationNotFound, type Service } from './service.ts';

/** A request for something that has an id on the server, or for a sum. */
interface Call {
  /** The id in the path, or the empty string. */
  id: string;
  query: URLSearchParams;
  /** The JSON value of the body; undefined if there is none. */
  json: unknown;
}

/** One endpoint; `path` matches the whole path, its first group being the id. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  answer(call: Call): object | Refusal;
}

/** Everything under `/v1` but the create itself. */
export function createRoutes({
  service,
  records,
  conversations,
}: {
  service: Service;
  records: Records;
  conversations: Conversations;
}): Route[] {
  function stored(id: string, answer: (response: StoredResponse) => object | Refusal) {
    const response = records.find(id);
    return response === undefined ? responseNotFound(id) : answer(response);
  }

  return [
    {
      method: 'POST',
      path: /^\/v1\/responses\/input_tokens$/,
      answer({ json }) {
        const input_tokens = countInput(json, service);
        if (typeof input_tokens === 'object') return input_tokens;
        return { object: 'response.input_tokens', input_tokens };
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/responses\/compact$/,
      answer: ({ json }) => {
        const body = parseCreateBody(json);
        return isRefusal(body) ? body : service.compact(body);
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/responses\/([^/]+)$/,
      answer: ({ id }) => stored(id, ({ json }) => JSON.parse(json) as object),
    },
    {
      method: 'DELETE',
      path: /^\/v1\/responses\/([^/]+)$/,
      answer: ({ id }) => (service.forget(id) ? deleted(id, 'response') : responseNotFound(id)),
    },
    {
      method: 'POST',
      path: /^\/v1\/responses\/([^/]+)\/cancel$/,
      answer: ({ id }) => stored(id, () => refuse(400, 'Cannot cancel a synchronous response.')),
    },
    {
      method: 'GET',
      path: /^\/v1\/responses\/([^/]+)\/input_items$/,
      answer: ({ id, query }) =>
        stored(id, (response) => listPage(records.inputOf(response).map(withId), query)),
    },
    {
      method: 'POST',
      path: /^\/v1\/conversations$/,
      answer({ json }) {
        const { items, metadata } = (json ?? {}) as { items?: unknown; metadata?: unknown };
        const body = parseCreateBody({ model: 'none', input: items, metadata });
        if (isRefusal(body)) return body;
        return conversations.create(inputItemsOf(body), body.metadata ?? {});
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/conversations\/([^/]+)$/,
      answer: ({ id }) => conversations.find(id)?.conversation ?? conversationNotFound(id),
    },
    {
      method: 'DELETE',
      path: /^\/v1\/conversations\/([^/]+)$/,
      answer: ({ id }) =>
        conversations.delete(id) ? deleted(id, 'conversation.deleted') : conversationNotFound(id),
    },
  ];
}

function countInput(json: unknown, service: Service): number | Refusal {
  const body = parseCreateBody(json);
  return isRefusal(body) ? body : service.countInput(body);
}

function deleted(id: string, object: string): object {
  return { id, object, deleted: true };
}

function responseNotFound(id: string): Refusal {
  return refuse(404, `Response with id '${id}' not found.`);
}

/** A listed item has an id, a type and a state, whatever its client left out. */
function withId(item: WireItem, index: number): WireItem & { id: string } {
  const { id } = item;
  const full = { type: 'message', status: 'completed', ...item };
  return { ...full, id: typeof id === 'string' ? id : `item_${index}` };
}
