import { BYTES_PER_TOKEN } from '../../units.ts';

/** Something said, by its size: the words themselves only where they were asked for. */
export interface Said {
  /** In UTF-8. */
  bytes: number;
  /** So many more as a JSON string: line ends, quotes. */
  escapes: number;
  text?: string;
}

/** The size of a text, and with `keep` the text. */
export function said(text: string, keep: boolean): Said {
  const bytes = Buffer.byteLength(text);
  const escapes = Buffer.byteLength(JSON.stringify(text)) - 2 - bytes;
  return { bytes, escapes: Math.max(0, escapes), ...(keep && { text }) };
}

/** What so many tokens may have been. */
export function saidTokens(tokens: number): Said {
  return saidBytes(tokens * BYTES_PER_TOKEN);
}

/** Something of that size without anything that JSON makes longer. */
export function saidBytes(bytes: number): Said {
  return { bytes: Math.max(0, Math.round(bytes)), escapes: 0 };
}

/** One after the other; nothing where there is none. */
export function together(...parts: readonly (Said | undefined)[]): Said | undefined {
  const present = parts.filter((part) => part !== undefined && part.bytes > 0) as Said[];
  if (present.length === 0) return undefined;
  const texts = present.map(({ text }) => text);
  return {
    bytes: present.reduce((sum, { bytes }) => sum + bytes, 0),
    escapes: present.reduce((sum, { escapes }) => sum + escapes, 0),
    ...(texts.every((text) => text !== undefined) && { text: texts.join('\n\n') }),
  };
}
