import type { Context } from './context.ts';

/** What one connection remembers: its latest response, and nothing once the connection is gone. */
export interface SessionCache {
  find(responseId: string): Context | undefined;
  /** Takes the place of whatever was remembered before. */
  remember(responseId: string, context: Context): void;
  /** Forgets that response, if it is the one remembered. */
  evict(responseId: string): void;
}

/** The cache of one WebSocket connection. */
export function createSessionCache(): SessionCache {
  let latest: { responseId: string; context: Context } | undefined;
  return {
    find(responseId) {
      return latest?.responseId === responseId ? latest.context : undefined;
    },
    remember(responseId, context) {
      latest = { responseId, context };
    },
    evict(responseId) {
      if (latest?.responseId === responseId) latest = undefined;
    },
  };
}
