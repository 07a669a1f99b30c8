import { UsageError } from '../../errors.ts';
import { closestName } from '../../userfile/closest.ts';
import { readDocument } from '../../userfile/document.ts';
import { problemReport } from '../../userfile/problem-report.ts';
import { readTextFile } from '../../userfile/text-file.ts';
import { validate } from '../../userfile/validate.ts';
import { profiles } from './bundled.ts';
import { type Profile, profileSchema } from './schema.ts';

/**
 * A profile by its name, by the path of its YAML or JSON file, or as it is. The name of a bundled one wins over a file
 * of that name; write `./fast` for the file.
 * @throws UsageError if there is none, or with one line for every problem and its place.
 */
export async function loadProfile(profile: string | Profile): Promise<Profile> {
  if (typeof profile !== 'string') {
    const { data, problems } = validate(profileSchema, profile);
    if (data !== undefined) return data;
    const lines = problems.map(({ path, message }) => `profile ${path.join('.')}: ${message}`);
    throw new UsageError(lines.join('\n'));
  }
  const bundled = Object.entries(profiles).find(([name]) => name === profile)?.[1];
  if (bundled !== undefined) return bundled;
  const file = await readTextFile(profile);
  if (file.problem !== undefined) throw new UsageError(unreadable(profile, file.problem));
  return parseProfile(file.text, profile);
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

function unreadable(nameOrPath: string, problem: string): string {
  const names = Object.keys(profiles);
  const closest = closestName(nameOrPath, names);
  const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
  return `profile: expected one of ${names.join(', ')}, or a YAML or JSON file, got ${JSON.stringify(nameOrPath)}, ${problem}${hint}`;
}
