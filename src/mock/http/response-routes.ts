import type { BackgroundRuns } from '../answer/background.ts';
import type { Service } from '../answer/service.ts';
import type { Pacer } from '../deliver/pacer.ts';
import type { Faults } from '../fault/faults.ts';
import { listedItem } from '../memory/listed-item.ts';
import type { StoredResponse, StoredResponses } from '../memory/stored-responses.ts';
import { parseCreateBody } from '../wire/create-body.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import { type Answer, jsonAnswer, jsonTextAnswer } from './answer.ts';
import { createOverHttp } from './create.ts';
import { listPage } from './list-page.ts';
import { resume } from './resume.ts';
import type { Route } from './route.ts';

/** The parts of a server that these routes answer from. */
export interface ResponseRoutes {
  service: Service;
  stored: StoredResponses;
  runs: BackgroundRuns;
  pacer: Pacer;
  faults: Faults;
}

/** The routes under `/v1/responses`. */
export function responseRoutes(from: ResponseRoutes): Route[] {
  const { service, stored, runs, pacer } = from;

  function answerFrom(id: string, answer: (response: StoredResponse) => Answer): Answer {
    const response = stored.find(id);
    return response === undefined ? responseNotFound(id) : answer(response);
  }

  return [
    {
      method: 'POST',
      path: /^\/v1\/responses$/,
      answer({ json, connection }) {
        const body = parseCreateBody(json);
        return isRefusal(body) ? body : createOverHttp(body, connection, from);
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/responses\/input_tokens$/,
      answer({ json }) {
        const body = parseCreateBody(json);
        if (isRefusal(body)) return body;
        const tokens = service.countInput(body);
        if (typeof tokens !== 'number') return tokens;
        return jsonAnswer({ object: 'response.input_tokens', input_tokens: tokens });
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/responses\/compact$/,
      answer({ json }) {
        const body = parseCreateBody(json);
        return jsonAnswer(isRefusal(body) ? body : service.compact(body));
      },
    },
    {
      method: 'GET',
      path: one,
      answer({ id, query }) {
        if (query.get('stream') === 'true') return resume(id, query, runs, pacer);
        const json = runs.find(id)?.json();
        if (json !== undefined) return jsonTextAnswer(json);
        return answerFrom(id, (response) => jsonTextAnswer(response.json));
      },
    },
    {
      method: 'DELETE',
      path: one,
      answer({ id }) {
        const wasRunning = runs.delete(id);
        if (!service.forget(id) && !wasRunning) return responseNotFound(id);
        return jsonAnswer({ id, object: 'response', deleted: true });
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/responses\/([^/]+)\/cancel$/,
      answer({ id }) {
        const run = runs.cancel(id);
        if (run !== undefined) return jsonTextAnswer(run.json());
        return answerFrom(id, () => refuse(400, 'Cannot cancel a synchronous response.'));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/responses\/([^/]+)\/input_items$/,
      answer: ({ id, query }) =>
        answerFrom(id, (response) => {
          const items = stored.inputOf(response);
          return jsonAnswer(
            listPage(
              items.map((item, index) => listedItem(item, `item_${index}`)),
              query,
            ),
          );
        }),
    },
  ];
}

const one = /^\/v1\/responses\/([^/]+)$/;

function responseNotFound(id: string): Refusal {
  return refuse(404, `Response with id '${id}' not found.`);
}
