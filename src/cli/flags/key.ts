import { UsageError } from '../../errors.ts';

/**
 * The key that an environment variable holds; `--api-key-env` names the variable.
 * @throws UsageError if the variable is not set, or what was given is no name.
 */
export function keyFrom(variable: string): string {
  if (!/^[A-Za-z_]\w*$/.test(variable)) {
    // It may be the key itself: it is not repeated.
    throw new UsageError(
      '--api-key-env: expected the name of an environment variable, such as OPENAI_API_KEY, got something else',
    );
  }
  const key = process.env[variable];
  if (key !== undefined && key !== '') return key;
  throw new UsageError(
    `--api-key-env: expected a key in the variable ${variable}, which is not set`,
  );
}
