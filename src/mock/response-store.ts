import type { Context } from './context.ts';

/** Responses made with `store: true`, for any connection to continue from. */
export interface ResponseStore {
  find(responseId: string): Context | undefined;
  save(responseId: string, context: Context): void;
  delete(responseId: string): void;
}

/** Keeps the newest `capacity` responses in memory; the oldest go first. */
export function createResponseStore(capacity = 10_000): ResponseStore {
  const contexts = new Map<string, Context>();
  return {
    find(responseId) {
      return contexts.get(responseId);
    },
    delete(responseId) {
      contexts.delete(responseId);
    },
    save(responseId, context) {
      contexts.set(responseId, context);
      if (contexts.size <= capacity) return;
      // A Map iterates in the order of insertion.
      for (const oldest of contexts.keys()) {
        contexts.delete(oldest);
        break;
      }
    },
  };
}
