import type { ServerEvent } from '../../protocol/events.ts';
import type { OutputItem } from '../../protocol/items.ts';
import { tokenChunks, tokensOf } from '../../tokens.ts';

/** One event as JSON, and the output token that it comes with (from 0). */
export interface Frame {
  readonly type: string;
  readonly json: string;
  readonly token: number;
}

/** `response.created` and `response.in_progress` come before the output. */
export const FIRST_OUTPUT_SEQUENCE_NUMBER = 2;

type Unnumbered<E> = E extends ServerEvent ? Omit<E, 'sequence_number'> : never;

/** Collects the events of a response's output, numbers them and ties them to its tokens. */
export interface EventWriter {
  readonly frames: Frame[];
  readonly items: OutputItem[];
  /** Writes an event that comes together with the next token. */
  before(event: Unnumbered<ServerEvent>): void;
  /** Writes one event per token of `text`. */
  deltas(text: string, event: (delta: string) => Unnumbered<ServerEvent>): void;
  /** Tokens of `text` that no event shows. */
  unseen(text: string): void;
  /** Writes an event that comes together with the last token. */
  after(event: Unnumbered<ServerEvent>): void;
  tokens(): number;
}

/** A writer with nothing written. */
export function createEventWriter(): EventWriter {
  const frames: Frame[] = [];
  let tokens = 0;
  let token = 0;

  function write({ type, ...fields }: Unnumbered<ServerEvent>): void {
    const sequence_number = FIRST_OUTPUT_SEQUENCE_NUMBER + frames.length;
    frames.push({ type, token, json: JSON.stringify({ type, sequence_number, ...fields }) });
  }

  return {
    frames,
    items: [],
    before(event) {
      token = tokens;
      write(event);
    },
    deltas(text, event) {
      for (const chunk of tokenChunks(text)) {
        token = tokens++;
        write(event(chunk));
      }
    },
    unseen(text) {
      tokens += tokensOf(text);
      token = Math.max(0, tokens - 1);
    },
    after: write,
    tokens: () => tokens,
  };
}
