import { UsageError } from '../../errors.ts';

/**
 * The key that an environment variable holds; `--api-key-env` names the variable.
 * @throws UsageError if the variable is not set, or what was given is no name.
 */
export function keyFrom(variable: string): string {
  const key = Object.hasOwn(process.env, variable) ? process.env[variable] : undefined;
  if (key !== undefined && key !== '') return key;
  // What isn't surely a name may be the key itself: it is not repeated.
  throw new UsageError(
    looksLikeName(variable)
      ? `--api-key-env: expected a key in the variable ${variable}, which is not set`
      : '--api-key-env: expected the name of an environment variable that is set, such as OPENAI_API_KEY, got something else',
  );
}

/** A name is of words in one case with underscores between; a key mixes cases, or letters and digits, or runs on. */
function looksLikeName(text: string): boolean {
  const isOneCase = text === text.toUpperCase() || text === text.toLowerCase();
  return isOneCase && /^[A-Za-z_]/.test(text) && text.split('_').every(isWord);
}

/** Perhaps numbered, as in `OAUTH2` or `K8S`. */
function isWord(text: string): boolean {
  return text.length <= 16 && /^[A-Za-z]*\d{0,4}[A-Za-z]*$/.test(text);
}
