import { realpath } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { isRecord, recordOf } from '../is-record.ts';
import { readDocument } from '../userfile/document.ts';
import type { Path, Problem } from '../userfile/problem.ts';
import { readTextFile } from '../userfile/text-file.ts';

/**
 * The texts of all files that a scenario document names as content.
 * @param folder where relative names start
 */
export async function readNamedFiles(
  document: unknown,
  folder: string,
): Promise<{ files: Map<string, string>; problems: Problem[] }> {
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { path, name } of mentions(document)) {
    if (files.has(name)) continue;
    const { text, problem } = await readTextFile(resolve(folder, name));
    if (text) files.set(name, text);
    else
      problems.push({
        path,
        message: `expected a file with text, got ${problem ?? 'an empty one'}`,
      });
  }
  return { files, problems };
}

/** Whether a scenario file names content outside its own folder; a file that can't be read names nothing. */
export async function namedOutside(scenarioFile: string): Promise<boolean> {
  const { text } = await readTextFile(scenarioFile);
  const document = text === undefined ? undefined : readDocument(text);
  if (document?.readable !== true) return false;
  const folder = await realpath(dirname(scenarioFile));
  const places = await Promise.all(
    mentions(document.value).map(({ name }) =>
      realpath(resolve(folder, name)).catch(() => resolve(folder, name)),
    ),
  );
  return places.some((place) => !place.startsWith(`${folder}${sep}`));
}

/** Only where content stands: a tool's arguments may have a `file` of their own. */
function mentions(document: unknown): { path: Path; name: string }[] {
  const agents = Object.entries(recordOf(recordOf(document)['sub-agents']));
  return [
    ...mentionsOf(document, []),
    ...agents.flatMap(([name, session]) => mentionsOf(session, ['sub-agents', name])),
  ];
}

function mentionsOf(session: unknown, place: Path): { path: Path; name: string }[] {
  const { instructions, steps } = recordOf(session);
  const places: [Path, unknown][] = [[[...place, 'instructions'], instructions]];
  for (const [index, value] of (Array.isArray(steps) ? steps : []).entries()) {
    const step = recordOf(value);
    const model = recordOf(step['model']);
    const at = [...place, 'steps', index];
    places.push([[...at, 'user'], step['user']]);
    places.push([[...at, 'model', 'reasoning'], model['reasoning']]);
    places.push([[...at, 'model', 'text'], model['text']]);
    const { tool } = step;
    if (isRecord(tool)) places.push([[...at, 'tool', 'output'], tool['output']]);
    for (const [result, each] of (Array.isArray(tool) ? tool : []).entries()) {
      places.push([[...at, 'tool', result, 'output'], recordOf(each)['output']]);
    }
  }
  return places.flatMap(([path, content]) => {
    const { file } = recordOf(content);
    return typeof file === 'string' && file !== '' ? [{ path: [...path, 'file'], name: file }] : [];
  });
}
