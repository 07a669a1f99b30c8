import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { UsageError } from '../errors.ts';
import { recordOf } from '../is-record.ts';
import { readBounded } from '../read-bounded.ts';
import { JOURNAL_FILE } from './journal.ts';
import { withNamesOfToday } from './renamed.ts';
import { RESULT_SCHEMA, type Result, resultSchema } from './schema.ts';
import { contradictionIn } from './verify.ts';

const KNOWN_VERSION = 1;
const SHOWN_PROBLEMS = 5;
/** V8 holds no string much longer. */
const MAX_FILE_BYTES = 512e6;

/**
 * A result from a file, a pipe, or the folder of a run; what its comparisons say of its rounds is not checked here.
 * @throws UsageError with file and reason if it is missing, truncated, no result, newer than this tool, or edited so that
 * its parts contradict each other; the signal's reason if it aborts.
 */
export async function readResultFile(fileOrFolder: string, signal?: AbortSignal): Promise<Result> {
  const file = await resultFileIn(fileOrFolder);
  return parseResult(await readText(file, signal), file);
}

/**
 * The result in a text that came from `source`.
 * @throws UsageError as `readResultFile` does.
 */
export function parseResult(text: string, source: string): Result {
  const document = parseJson(text, source);
  checkSchemaKey(document, source);
  const parsed = resultSchema.safeParse(withNamesOfToday(recordOf(document)));
  if (!parsed.success) throw refusal(source, describeProblems(parsed.error.issues));
  const contradiction = contradictionIn(parsed.data);
  if (contradiction !== undefined) {
    throw refusal(source, `edited or damaged: ${contradiction}`);
  }
  return parsed.data;
}

/** The journal that stands for a run that was killed: named itself, or alone in the folder of its run. */
export async function journalFileIn(fileOrFolder: string): Promise<string | undefined> {
  if (path.basename(fileOrFolder) === JOURNAL_FILE) return fileOrFolder;
  const names = await readdir(fileOrFolder).catch((): string[] => []);
  const stands = names.includes(JOURNAL_FILE) && !names.includes('result.json');
  return stands ? path.join(fileOrFolder, JOURNAL_FILE) : undefined;
}

/**
 * The text of a result or journal.
 * @throws UsageError with file and reason if there is none, the signal's reason if it aborts
 */
export async function readText(file: string, signal?: AbortSignal): Promise<string> {
  const { bytes, problem } = await readBounded(file, MAX_FILE_BYTES, signal);
  if (bytes !== undefined) return bytes.toString('utf8');
  throw refusal(
    file,
    problem === 'no such file' ? 'the folder holds no result.json' : `it is ${problem}`,
  );
}

async function resultFileIn(fileOrFolder: string): Promise<string> {
  const facts = await stat(fileOrFolder).catch(() => undefined);
  if (facts === undefined) {
    throw refusal(fileOrFolder, 'there is no such file or folder');
  }
  return facts.isDirectory() ? path.join(fileOrFolder, 'result.json') : fileOrFolder;
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const started = text.trimStart().startsWith('{');
    const ended = text.trimEnd().endsWith('}');
    const reason =
      text.trim() === ''
        ? 'empty'
        : started && !ended
          ? 'truncated: the JSON ends too early'
          : 'no JSON';
    throw refusal(source, reason, cause);
  }
}

function checkSchemaKey(document: unknown, source: string): void {
  const schema = (document as { schema?: unknown } | null)?.schema;
  const version =
    typeof schema === 'string' && /^agent-latency-bench\/result\/v(\d+)$/.exec(schema)?.[1];
  if (!version) {
    const got = typeof schema === 'string' ? JSON.stringify(schema.slice(0, 80)) : 'none';
    throw refusal(
      source,
      `not a result: expected the key "schema" to be ${RESULT_SCHEMA}, got ${got}`,
    );
  }
  if (Number(version) > KNOWN_VERSION) {
    throw refusal(
      source,
      `written by a newer agent-latency-bench (${schema}, this one reads up to v${KNOWN_VERSION}); update it`,
    );
  }
}

function describeProblems(issues: readonly z.core.$ZodIssue[]): string {
  const shown = issues
    .slice(0, SHOWN_PROBLEMS)
    .map((issue) => `${issue.path.join('.') || 'document'}: ${issue.message}`);
  const more = issues.length - shown.length;
  return `does not fit ${RESULT_SCHEMA}: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** A complaint about a file that was to be a result. */
export function refusal(source: string, reason: string, cause?: unknown): UsageError {
  return new UsageError(
    `${source}: expected a result of agent-latency-bench (a result.json or the folder of a run): ${reason}`,
    { cause },
  );
}
