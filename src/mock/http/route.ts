import { RESPONSES_PATH } from '../wire/path.ts';
import { type Refusal, refuse } from '../wire/refusal.ts';
import type { Answer } from './answer.ts';

/** A request of one endpoint. */
interface Call {
  /** The id in the path, or the empty string. */
  id: string;
  /** The second id in the path, or the empty string. */
  itemId: string;
  query: URLSearchParams;
  /** The JSON value of the body; undefined if there is none. */
  json: unknown;
  /** An object that is the same for all requests of one connection. */
  connection: object;
}

/** One endpoint; `path` matches the whole path, its first group being the id, its second that of an item. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  /** Whether it answers without a key. */
  isOpen?: true;
  answer(call: Call): Answer;
}

/** The route of a request, or why there is none; a HEAD is a GET whose body nobody wants. */
export function findRoute(
  routes: readonly Route[],
  requested: string | undefined,
  path: string,
): Route | Refusal {
  const method = requested === 'HEAD' ? 'GET' : requested;
  const here = routes.filter((route) => route.path.test(path));
  const route = here.find((each) => each.method === method);
  if (route !== undefined) return route;
  if (here.length === 0) {
    return refuse(404, `Unknown request URL: ${String(requested)} ${path}.`);
  }
  const methods = here.map((each) => each.method);
  const upgrade = path === RESPONSES_PATH ? ', or GET with an upgrade to WebSocket,' : '';
  return {
    ...refuse(405, `Expected ${methods.join(' or ')}${upgrade} at ${path}.`),
    headers: { allow: methods.join(', ') },
  };
}
