import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';

/**
 * The text of a PEM file that a flag names.
 * @param holds what stands in it, as `certificates`
 * @throws UsageError if it can't be read, or holds nothing that `begin` would begin; none of its text is repeated
 */
export async function readPem(
  flag: string,
  file: string,
  holds: string,
  begin: RegExp,
): Promise<string> {
  const expected = `${flag}: expected a file of ${holds} in PEM, got ${file}`;
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${expected} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
  }
  if (!begin.test(text)) throw new UsageError(expected);
  return text;
}

/** The line that a file of certificates must hold. */
export const certificateBegin = /-----BEGIN CERTIFICATE-----/;
