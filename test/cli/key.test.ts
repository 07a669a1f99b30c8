import { describe, expect, it, onTestFinished } from 'vitest';
import { keyFrom } from '../../src/cli/flags/key.ts';

describe('a key in the environment', () => {
  it('is found by any name', () => {
    process.env['oddName9x9'] = 'sk-test';
    onTestFinished(() => {
      delete process.env['oddName9x9'];
    });
    expect(keyFrom('oddName9x9')).toBe('sk-test');
  });

  it.each(['MY_KEY', 'AZURE_OPENAI_API_KEY', 'my_key', 'KEY_2', 'OAUTH2_TOKEN', 'K8S_KEY'])(
    'that is not there is told by its name: %s',
    (name) => {
      expect(() => keyFrom(name)).toThrow(`the variable ${name}, which is not set`);
    },
  );

  it.each([
    ['sk-test-0123', 'no name at all'],
    ['skProjZm9vYmFyYmF6cXV4', 'cases and digits mixed'],
    ['sk_live_Zm9vYmFyYmF6', 'the same behind words'],
    ['AKIAIOSFODNN7EXAMPLE', 'one case, but longer than words are'],
    ['0a1b2c3d4e5f', 'digits all over'],
    ['a_0123456789', 'more digits than a number in a name has'],
    ['toString', 'no variable, but a property'],
    ['', 'nothing'],
  ])('is not repeated where it was given in place of a name: %s (%s)', (text) => {
    expect(() => keyFrom(text)).toThrow(/^(?!.*not set).*got something else$/);
  });
});
