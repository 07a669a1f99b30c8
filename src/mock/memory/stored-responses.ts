import type { WireItem } from '../../protocol/items.ts';
import { textLength } from './text-length.ts';

/** A stored response with the texts that its context does without: for reading it back, not for continuing it. */
export interface StoredResponse {
  readonly id: string;
  readonly json: string;
  /** What the request brought. */
  readonly input: readonly WireItem[];
  readonly previousId: string | undefined;
}

/** Responses made with `store: true`. */
export interface Records {
  save(response: StoredResponse, output: readonly WireItem[]): void;
  find(id: string): StoredResponse | undefined;
  /** False if there is none of that id. */
  delete(id: string): boolean;
  /** All that the model read for a response, oldest first: the input and output of what it continues, and its own input. */
  inputOf(response: StoredResponse): readonly WireItem[];
  /** The output item of that id. */
  findItem(id: string): WireItem | undefined;
  readonly bytes: () => number;
}

/** Keeps the newest responses, as many as `capacityBytes` of text allow. */
export function createRecords(capacityBytes = 64 * 1024 ** 2): Records {
  interface Entry {
    response: StoredResponse;
    output: readonly WireItem[];
    bytes: number;
  }
  // A Map iterates in the order of insertion: the oldest come first.
  const entries = new Map<string, Entry>();
  const items = new Map<string, { item: WireItem; responseId: string }>();
  let bytes = 0;

  function remove(id: string): boolean {
    const entry = entries.get(id);
    if (entry === undefined) return false;
    entries.delete(id);
    bytes -= entry.bytes;
    for (const { id: itemId } of entry.output) {
      // Sessions of one script share item ids; the newest response keeps them.
      if (typeof itemId === 'string' && items.get(itemId)?.responseId === id) items.delete(itemId);
    }
    return true;
  }

  return {
    save(response, output) {
      const weight = response.json.length + textLength(response.input) + ENTRY_BYTES;
      entries.set(response.id, { response, output, bytes: weight });
      bytes += weight;
      for (const item of output) {
        const { id } = item;
        if (typeof id === 'string') items.set(id, { item, responseId: response.id });
      }
      for (const oldest of entries.keys()) {
        if (bytes <= capacityBytes) break;
        remove(oldest);
      }
    },
    find: (id) => entries.get(id)?.response,
    delete: remove,
    inputOf(response) {
      const parts: (readonly WireItem[])[] = [response.input];
      let previous = entries.get(response.previousId ?? '');
      while (previous !== undefined) {
        parts.push(previous.output, previous.response.input);
        previous = entries.get(previous.response.previousId ?? '');
      }
      return parts.reverse().flat();
    },
    findItem: (id) => items.get(id)?.item,
    bytes: () => bytes,
  };
}

/** What an entry costs beside its text. */
const ENTRY_BYTES = 1000;
