import { BYTES_PER_TOKEN } from './units.ts';

/**
 * The tokens of a text, a whole number: 4 bytes of UTF-8 are one, and a rest is one too. Every part of an answer is
 * counted by itself (reasoning, text, the arguments of each call), a prompt as one.
 */
export function tokensOf(text: string): number {
  return tokensIn(Buffer.byteLength(text));
}

/** The tokens that so many bytes of one text make. */
export function tokensIn(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** A text cut into its tokens, as many as `tokensOf` counts. A character across the border of two goes with the later. */
export function tokenChunks(text: string): string[] {
  const chunks: string[] = [];
  let bytes = 0;
  for (const character of text) {
    bytes += utf8Bytes(character.codePointAt(0) ?? 0);
    const last = tokensIn(bytes) - 1;
    chunks[last] = (chunks[last] ?? '') + character;
  }
  return chunks;
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
