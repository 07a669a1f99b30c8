import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { closestName } from '../../userfile/closest.ts';
import { readDocument } from '../../userfile/document.ts';
import { problemReport } from '../../userfile/problem-report.ts';
import { validate } from '../../userfile/validate.ts';
import { profiles } from './bundled.ts';
import { type Profile, profileSchema } from './schema.ts';

/**
 * A profile by its name, by the path of its YAML or JSON file, or as it is. The name of a bundled one wins over a file
 * of that name; write `./fast` for the file.
 * @throws UsageError if there is none, or with one line for every problem and its place.
 */
export function checkProfile(profile: string | Profile): Profile {
  if (typeof profile !== 'string') {
    const { data, problems } = validate(profileSchema, profile);
    if (data !== undefined) return data;
    const lines = problems.map(({ path, message }) => `profile ${path.join('.')}: ${message}`);
    throw new UsageError(lines.join('\n'));
  }
  const bundled = Object.entries(profiles).find(([name]) => name === profile)?.[1];
  return bundled ?? parseProfile(readText(profile), profile);
}

function parseProfile(text: string, path: string): Profile {
  const document = readDocument(text);
  if (!document.readable) throw new UsageError(problemReport(path, document, []));
  const { data, problems } = validate(profileSchema, document.value);
  if (data === undefined || document.problems.length > 0) {
    throw new UsageError(problemReport(path, document, problems));
  }
  return data;
}

function readText(nameOrPath: string): string {
  try {
    return readFileSync(nameOrPath, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const names = Object.keys(profiles);
    const closest = closestName(nameOrPath, names);
    const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
    const reason = code === 'ENOENT' ? 'no such file' : `an unreadable file (${code ?? 'unknown'})`;
    throw new UsageError(
      `profile: expected one of ${names.join(', ')}, or a YAML or JSON file, got ${JSON.stringify(nameOrPath)}, ${reason}${hint}`,
    );
  }
}
