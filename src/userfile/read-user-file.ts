import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { readDocument } from './document.ts';
import { problemReport } from './problem-report.ts';
import { readTextFile } from './text-file.ts';
import { validate } from './validate.ts';

/**
 * The data of a YAML or JSON file that a user wrote, checked against its schema.
 * @param unreadable the whole complaint about a file that can't be had, given why: `no such file`
 * @throws UsageError if there is no such file, or with one line for every problem and its place.
 */
export async function readUserFile<Schema extends z.ZodType<object>>(
  schema: Schema,
  path: string,
  unreadable: (problem: string) => string,
): Promise<z.infer<Schema>> {
  const file = await readTextFile(path);
  if (file.problem !== undefined) throw new UsageError(unreadable(file.problem));
  return parseUserFile(schema, file.text, path);
}

/**
 * The same of a text that is already at hand.
 * @param source path of the text, which starts every line of a complaint: `my.yaml:3:5 timeout: expected …, got …`
 * @throws UsageError with one line for every problem.
 */
export function parseUserFile<Schema extends z.ZodType<object>>(
  schema: Schema,
  text: string,
  source: string,
): z.infer<Schema> {
  const document = readDocument(text);
  if (!document.readable) throw new UsageError(problemReport(source, document, []));
  const { data, problems } = validate(schema, document.value);
  if (data === undefined || document.problems.length > 0) {
    throw new UsageError(problemReport(source, document, problems));
  }
  return data;
}
