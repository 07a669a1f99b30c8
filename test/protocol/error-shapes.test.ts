import { describe, expect, it } from 'vitest';
import { errorIn, wireErrorOf } from '../../src/protocol/error-shapes.ts';

describe('wireErrorOf', () => {
  it('keeps what is there and never more than the known fields', () => {
    expect(wireErrorOf({ code: 'c', message: 'm', secret: 's' })).toEqual({
      code: 'c',
      message: 'm',
    });
    expect(wireErrorOf('garbage')).toEqual({ code: null, message: 'no message' });
  });
});

describe('errorIn', () => {
  it.each<[value: unknown, failed: boolean, error: object | undefined]>([
    [{ error: { message: 'm', code: 404 } }, false, { code: '404', message: 'm' }],
    [{ error: 'm' }, false, { code: null, message: 'm' }],
    [{ error: 'm', code: 'c' }, false, { code: 'c', message: 'm' }],
    [{ object: 'error', message: 'm', code: 400 }, false, { code: '400', message: 'm' }],
    [[{ error: { message: 'm' } }], false, { message: 'm' }],
    [{ detail: 'm' }, true, { message: 'm' }],
    [{ detail: [{ loc: ['body', 'input'], msg: 'm' }] }, true, { message: 'body.input: m' }],
    [{ errors: [{ message: 'm', code: 10000 }] }, true, { code: '10000', message: 'm' }],
    [{ message: 'm' }, true, { message: 'm' }],
    // What may well be part of an answer.
    [{ detail: 'high' }, false, undefined],
    [{ message: 'hello' }, false, undefined],
    [{ error: null, status: 'completed' }, false, undefined],
    ['text', true, undefined],
  ])('of %j, failed: %s', (value, failed, error) => {
    const found = errorIn(value, failed);
    if (error === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(error);
  });
});
