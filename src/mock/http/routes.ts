import type { BackgroundRuns } from '../answer/background.ts';
import type { Service } from '../answer/service.ts';
import type { Conversations } from '../memory/conversations.ts';
import { listedItem } from '../memory/listed-item.ts';
import type { StoredResponse, StoredResponses } from '../memory/stored-responses.ts';
import { parseCreateBody } from '../wire/create-body.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { listPage } from './list-page.ts';
import type { Route } from './route.ts';

/** Everything under `/v1` but the create itself. */
export function createRoutes({
  service,
  stored,
  conversations,
  runs,
}: {
  service: Service;
  stored: StoredResponses;
  conversations: Conversations;
  runs: BackgroundRuns;
}): Route[] {
  function answerFrom(id: string, answer: (response: StoredResponse) => object | Refusal) {
    const response = stored.find(id);
    return response === undefined ? responseNotFound(id) : answer(response);
  }

  return [
    {
      method: 'POST',
      path: /^\/v1\/responses\/input_tokens$/,
      answer({ json }) {
        const body = parseCreateBody(json);
        if (isRefusal(body)) return body;
        const tokens = service.countInput(body);
        if (typeof tokens !== 'number') return tokens;
        return { object: 'response.input_tokens', input_tokens: tokens };
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/responses\/compact$/,
      answer({ json }) {
        const body = parseCreateBody(json);
        return isRefusal(body) ? body : service.compact(body);
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/responses\/([^/]+)$/,
      answer: ({ id }) => {
        const json = runs.find(id)?.json();
        if (json !== undefined) return JSON.parse(json) as object;
        return answerFrom(id, (response) => JSON.parse(response.json) as object);
      },
    },
    {
      method: 'DELETE',
      path: /^\/v1\/responses\/([^/]+)$/,
      answer: ({ id }) => {
        const wasRunning = runs.delete(id);
        return service.forget(id) || wasRunning ? deleted(id) : responseNotFound(id);
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/responses\/([^/]+)\/cancel$/,
      answer: ({ id }) => {
        const run = runs.cancel(id);
        if (run !== undefined) return JSON.parse(run.json()) as object;
        return answerFrom(id, () => refuse(400, 'Cannot cancel a synchronous response.'));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/responses\/([^/]+)\/input_items$/,
      answer: ({ id, query }) =>
        answerFrom(id, (response) =>
          listPage(
            stored.inputOf(response).map((item, index) => listedItem(item, `item_${index}`)),
            query,
          ),
        ),
    },
    ...conversationRoutes(conversations),
  ];
}

function deleted(id: string): object {
  return { id, object: 'response', deleted: true };
}

function responseNotFound(id: string): Refusal {
  return refuse(404, `Response with id '${id}' not found.`);
}
