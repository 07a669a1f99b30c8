import { BYTES_PER_TOKEN } from '../../units.ts';

/** Cuts text into pieces of one token (4 bytes of UTF-8); a piece is shorter where a character would be split. */
export function tokenChunks(text: string): string[] {
  const chunks: string[] = [];
  let chunk = '';
  let chunkBytes = 0;
  for (const character of text) {
    const bytes = utf8Bytes(character.codePointAt(0) ?? 0);
    if (chunkBytes + bytes > BYTES_PER_TOKEN) {
      chunks.push(chunk);
      chunk = '';
      chunkBytes = 0;
    }
    chunk += character;
    chunkBytes += bytes;
  }
  if (chunk !== '') chunks.push(chunk);
  return chunks;
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
