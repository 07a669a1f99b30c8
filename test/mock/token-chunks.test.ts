import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tokenChunks } from '../../src/mock/model/token-chunks.ts';

it.each([
  ['', [], 'nothing to say'],
  ['abcd', ['abcd'], 'one token'],
  ['abcde', ['abcd', 'e'], 'the rest is a token too'],
  ['abcö', ['abc', 'ö'], 'a character is not split'],
  ['😀a', ['😀', 'a'], 'four bytes in one character'],
])('%j → %j: %s', (text, chunks) => {
  expect(tokenChunks(text)).toEqual(chunks);
});

it('gives the text back, in pieces of 1 to 4 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const chunks = tokenChunks(text);
      expect(chunks.join('')).toBe(text);
      for (const chunk of chunks) {
        expect(Buffer.byteLength(chunk)).toBeGreaterThan(0);
        expect(Buffer.byteLength(chunk)).toBeLessThanOrEqual(4);
      }
    }),
  );
});
