import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unquoteOf } from '../../src/app/endpoint/quotes.ts';

const task =
  'Please find out why the "nightly" build\nof the payments service has been failing since Monday.';
const unquote = unquoteOf([task, 'short one', 'tiny']);

describe('an endpoint’s words', () => {
  it.each([
    ['the whole prompt', `no: ${task}!`, 'no: ***!'],
    ['it within JSON', `{"text":${JSON.stringify(task)}}`, '{"text":"***"}'],
    ['its beginning', 'bad input "Please find out why the "n…', 'bad input "***…'],
    ['its middle', 'at: payments service has been failing (1)', 'at:***(1)'],
    ['twice', `${task} and ${task}`, '*** and ***'],
    ['a short prompt', 'no: short one', 'no: ***'],
  ])('lose what they quote: %s', (_what, said, left) => {
    expect(unquote(said)).toBe(left);
  });

  it.each([
    ['a prompt that is a word', 'no tiny models'],
    ['less than a passage', 'the build of the payments failed'],
    ['nothing', ''],
  ])('stay where they share %s', (_what, said) => {
    expect(unquote(said)).toBe(said);
  });

  it('never hold a passage of a prompt', () => {
    const prompt = fc.string({ minLength: 30, maxLength: 200, unit: 'binary-ascii' });
    const property = fc.property(
      prompt,
      fc.nat(),
      fc.nat(),
      fc.string(),
      (text, from, more, around) => {
        const start = from % (text.length - 29);
        const passage = text.slice(start, start + 24 + (more % (text.length - start - 23)));
        const left = unquoteOf([text])(`${around}${passage}${around}`);
        expect(left.includes('***')).toBe(true);
        fc.pre(!around.includes(passage));
        expect(left.includes(passage)).toBe(false);
      },
    );
    fc.assert(property);
  });
});
