import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tokenChunks, tokensOf } from '../src/tokens.ts';

it.each([
  ['', [], 'nothing to say'],
  ['abcd', ['abcd'], 'one token'],
  ['abcde', ['abcd', 'e'], 'the rest is a token too'],
  ['abcö', ['abc', 'ö'], 'a character is not split'],
  ['😀a', ['😀', 'a'], 'four bytes in one character'],
  ['日本語日本語', ['日', '本', '語日', '本', '語'], 'three bytes in one character'],
])('%j → %j: %s', (text, chunks) => {
  expect(tokenChunks(text)).toEqual(chunks);
});

it('gives the text back, in as many pieces as it has tokens, none of them empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const chunks = tokenChunks(text);
      expect(chunks.join('')).toBe(text);
      expect(chunks).toHaveLength(tokensOf(text));
      expect(chunks.every((chunk) => chunk !== '')).toBe(true);
    }),
  );
});
