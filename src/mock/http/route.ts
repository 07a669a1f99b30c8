import type { Refusal } from '../wire/refusal.ts';

/** A request for something that has an id on the server, or for a sum. */
interface Call {
  /** The id in the path, or the empty string. */
  id: string;
  /** The second id in the path, or the empty string. */
  itemId: string;
  query: URLSearchParams;
  /** The JSON value of the body; undefined if there is none. */
  json: unknown;
}

/** One endpoint; `path` matches the whole path, its first group being the id, its second that of an item. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  answer(call: Call): object | Refusal;
}
