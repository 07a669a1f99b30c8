import { tokensIn } from '../../tokens.ts';
import { BYTES_PER_TOKEN } from '../../units.ts';
import { type Context, contextBytes } from './context.ts';

/** The latest responses that one connection holds, one for each lane; nothing once the connection is gone. */
export interface SessionCache {
  /** A response that is held; it counts as used now. */
  find(responseId: string): Context | undefined;
  /** Bytes of the conversation's JSON up to a response that is held; 0 of any other. */
  conversationBytes(responseId: string): number;
  /**
   * Takes the place of what the lane held before; without a name it is the default lane.
   * @param conversationBytes of the JSON of the conversation, this response included
   */
  remember(responseId: string, context: Context, lane?: string, conversationBytes?: number): void;
  /**
   * Forgets that response, if it is the one that the lane holds: a fork into another lane that fails keeps its parent.
   */
  evict(responseId: string, lane?: string): void;
  /** Forgets everything, as a server does that drops its cache. */
  clear(): void;
  /** The connection is gone. */
  close(): void;
}

/** The limits of how much may be held, and for how long. */
export interface CacheLimits {
  /** Responses of one connection. */
  maxEntries: number;
  /** What a server would hold for one connection: see {@link heldBytes}. */
  maxBytes: number;
  /** The same of all connections together. */
  maxTotalBytes: number;
  /** A response that nothing continues is forgotten after so long. */
  idleMs: number;
  /** How old a connection may be for anything to be held. */
  maxAgeMs: number;
}

/** What is held now, and what became of it since the start. */
interface CacheStats {
  connections: number;
  entries: number;
  /** What a server would hold. */
  bytes: number;
  /** What this one really takes of memory. */
  memoryBytes: number;
  /** Lookups that found what they looked for. */
  hits: number;
  misses: number;
  /** Responses forgotten for a limit, or because a continuation failed. */
  evictions: number;
}

/** The caches of all connections. */
export interface SessionCaches {
  open(): SessionCache;
  stats(): CacheStats;
  /** What a server would hold for each connection now, in the order in which they were opened. */
  sessionBytes(): number[];
}

/**
 * One response for each of 32 named lanes and the default one; an hour, as long as the live service keeps a connection.
 */
const defaultCacheLimits: CacheLimits = {
  maxEntries: 33,
  maxBytes: 16 * 1024 ** 2,
  maxTotalBytes: 4 * 1024 ** 3,
  idleMs: 3_600_000,
  maxAgeMs: 3_600_000,
};

/** The most that all caches may really take. */
const MAX_MEMORY_BYTES = 256 * 1024 ** 2;

/**
 * Bytes that a server would hold of a conversation: its JSON, the tokens rendered from it, of 4 bytes each, and the model's state
 * for each of these, where it keeps that.
 */
function heldBytes(
  { bytes }: Context,
  conversationBytes: number,
  stateBytesPerToken: number,
): number {
  return conversationBytes + (BYTES_PER_TOKEN + stateBytesPerToken) * tokensIn(bytes);
}

interface Entry {
  readonly responseId: string;
  readonly context: Context;
  readonly lane: string | undefined;
  readonly conversationBytes: number;
  readonly bytes: number;
  readonly memoryBytes: number;
  readonly session: Session;
  usedAtMs: number;
}

interface Session {
  readonly openedAtMs: number;
  /** By response, the one used longest ago first. */
  readonly entries: Map<string, Entry>;
  readonly latest: Map<string | undefined, Entry>;
  bytes: number;
}

/**
 * Caches that share one budget: where a limit is passed, what was used longest ago goes first.
 * @param nowMs a monotonic clock
 * @param stateBytesPerToken of the model's state, where connections hold it
 */
export function createSessionCaches(
  limits: Partial<CacheLimits> = {},
  nowMs: () => number = () => performance.now(),
  stateBytesPerToken = 0,
): SessionCaches {
  const { maxEntries, maxBytes, maxTotalBytes, idleMs, maxAgeMs } = {
    ...defaultCacheLimits,
    ...limits,
  };
  /** In the order in which they were opened. */
  const sessions = new Set<Session>();
  /** Of all connections, the one used longest ago first. */
  const entries = new Set<Entry>();
  let bytes = 0;
  let memoryBytes = 0;
  let hits = 0;
  let misses = 0;
  let evictions = 0;

  function add(entry: Entry): void {
    const { session, responseId, lane } = entry;
    session.entries.set(responseId, entry);
    session.latest.set(lane, entry);
    entries.add(entry);
    session.bytes += entry.bytes;
    bytes += entry.bytes;
    memoryBytes += entry.memoryBytes;
  }

  function remove(entry: Entry): void {
    const { session, responseId, lane } = entry;
    session.entries.delete(responseId);
    session.latest.delete(lane);
    entries.delete(entry);
    session.bytes -= entry.bytes;
    bytes -= entry.bytes;
    memoryBytes -= entry.memoryBytes;
  }

  function removeAll(session: Session): number {
    const count = session.entries.size;
    for (const entry of session.entries.values()) remove(entry);
    return count;
  }

  /** The first of these goes. */
  function evictFirst(of: Iterable<Entry>): void {
    for (const entry of of) {
      remove(entry);
      evictions++;
      return;
    }
  }

  function isOld(session: Session): boolean {
    return nowMs() - session.openedAtMs >= maxAgeMs;
  }

  function expire(): void {
    for (const session of sessions) {
      if (!isOld(session)) break;
      evictions += removeAll(session);
    }
    const now = nowMs();
    for (const entry of entries) {
      if (now - entry.usedAtMs < idleMs) break;
      remove(entry);
      evictions++;
    }
  }

  function shrink(session: Session): void {
    while (session.entries.size > maxEntries || session.bytes > maxBytes) {
      evictFirst(session.entries.values());
    }
    while (bytes > maxTotalBytes || memoryBytes > MAX_MEMORY_BYTES) evictFirst(entries);
  }

  return {
    open() {
      const session: Session = {
        openedAtMs: nowMs(),
        entries: new Map(),
        latest: new Map(),
        bytes: 0,
      };
      sessions.add(session);
      return {
        find(responseId) {
          expire();
          const entry = session.entries.get(responseId);
          if (entry === undefined) {
            misses++;
            return undefined;
          }
          hits++;
          remove(entry);
          add({ ...entry, usedAtMs: nowMs() });
          return entry.context;
        },
        conversationBytes: (responseId) => session.entries.get(responseId)?.conversationBytes ?? 0,
        remember(responseId, context, lane, conversationBytes = 0) {
          expire();
          const before = session.latest.get(lane);
          if (before !== undefined) remove(before);
          if (!sessions.has(session) || isOld(session)) return;
          const size = heldBytes(context, conversationBytes, stateBytesPerToken);
          const memory = contextBytes(context);
          add({
            ...{ responseId, context, lane, conversationBytes, session },
            ...{ bytes: size, memoryBytes: memory, usedAtMs: nowMs() },
          });
          shrink(session);
        },
        evict(responseId, lane) {
          const entry = session.latest.get(lane);
          if (entry?.responseId !== responseId) return;
          remove(entry);
          evictions++;
        },
        clear() {
          removeAll(session);
        },
        close() {
          removeAll(session);
          sessions.delete(session);
        },
      };
    },
    stats() {
      expire();
      const connections = sessions.size;
      return { connections, entries: entries.size, bytes, memoryBytes, hits, misses, evictions };
    },
    sessionBytes() {
      expire();
      return [...sessions].map((session) => session.bytes);
    },
  };
}
