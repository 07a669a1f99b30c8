import { LRUCache } from 'lru-cache';
import type { WireItem } from '../../protocol/items.ts';
import { type Context, contextBytes } from './context.ts';
import { textLength } from './text-length.ts';

/** A response made with `store: true`: to be continued from any connection, and to be read back. */
export interface StoredResponse {
  readonly id: string;
  /** As it was answered. */
  readonly json: string;
  /** What the request brought. */
  readonly input: readonly WireItem[];
  readonly output: readonly WireItem[];
  readonly previousId: string | undefined;
  /** What continuing it takes. */
  readonly context: Context;
}

/** Responses made with `store: true`. */
export interface StoredResponses {
  save(response: StoredResponse): void;
  /** A response; it counts as used now. */
  find(id: string): StoredResponse | undefined;
  /** False if there is none of that id. */
  delete(id: string): boolean;
  /**
   * All that the model read for a response, oldest first: the input and output of what it continues, and its own input.
   */
  inputOf(response: StoredResponse): readonly WireItem[];
  /** The output item of that id. */
  findItem(id: string): WireItem | undefined;
  readonly bytes: () => number;
}

/** A store of as many responses as `capacityBytes` of memory allow; what was saved or found longest ago goes first. */
export function createStoredResponses(capacityBytes = 256 * 1024 ** 2): StoredResponses {
  // Sessions of one script share item ids; the newest response keeps them.
  const items = new Map<unknown, { item: WireItem; responseId: string }>();
  const responses = new LRUCache<string, StoredResponse>({
    maxSize: capacityBytes,
    sizeCalculation: storedBytes,
    dispose({ id, output }) {
      for (const { id: itemId } of output) {
        if (items.get(itemId)?.responseId === id) items.delete(itemId);
      }
    },
  });

  return {
    save(response) {
      responses.set(response.id, response);
      for (const item of response.output) items.set(item['id'], { item, responseId: response.id });
    },
    find: (id) => responses.get(id),
    delete: (id) => responses.delete(id),
    inputOf(response) {
      const parts: (readonly WireItem[])[] = [response.input];
      let previous = responses.peek(response.previousId ?? '');
      while (previous !== undefined) {
        parts.push(previous.output, previous.input);
        previous = responses.peek(previous.previousId ?? '');
      }
      return parts.reverse().flat();
    },
    findItem: (id) => items.get(id)?.item,
    bytes: () => responses.calculatedSize,
  };
}

/** Memory that a stored response takes, reckoned; its output is part of its JSON. */
export function storedBytes({ json, input, context }: StoredResponse): number {
  return json.length + textLength(input) + contextBytes(context) + ENTRY_BYTES;
}

/** What an entry costs beside its text. */
const ENTRY_BYTES = 1000;
