import { LRUCache } from 'lru-cache';
import type { Context } from './context.ts';

/** Responses made with `store: true`, for any connection to continue from. */
export interface ResponseStore {
  find(responseId: string): Context | undefined;
  save(responseId: string, context: Context): void;
  delete(responseId: string): void;
}

/** Keeps `capacity` responses in memory; what was saved or found longest ago goes first. */
export function createResponseStore(capacity = 10_000): ResponseStore {
  const contexts = new LRUCache<string, Context>({ max: capacity });
  return {
    find: (responseId) => contexts.get(responseId),
    save(responseId, context) {
      contexts.set(responseId, context);
    },
    delete(responseId) {
      contexts.delete(responseId);
    },
  };
}
