import { UsageError } from '../../errors.ts';
import { readDocument } from '../../userfile/document.ts';
import { problemReport } from '../../userfile/problem-report.ts';
import { readTextFile } from '../../userfile/text-file.ts';
import { validate } from '../../userfile/validate.ts';
import { type Config, configSchema } from './config-schema.ts';

/**
 * Reads a config file.
 * @throws UsageError if there is none, or with one line for every problem and its place.
 */
export async function loadConfig(path: string): Promise<Config> {
  const file = await readTextFile(path);
  if (file.problem !== undefined) {
    throw new UsageError(`--config: expected a YAML or JSON file, got ${path}: ${file.problem}`);
  }
  return parseConfig(file.text, path);
}

/**
 * Reads the text of a config file.
 * @param source path of the text, which starts every line of a complaint
 * @throws UsageError with one line for every problem: `agent-latency-bench.yaml:3:5 timeout: expected …, got …`
 */
export function parseConfig(text: string, source: string): Config {
  const document = readDocument(text);
  if (!document.readable) throw new UsageError(problemReport(source, document, []));
  const { data, problems } = validate(configSchema, document.value);
  if (data === undefined || document.problems.length > 0) {
    throw new UsageError(problemReport(source, document, problems));
  }
  return data;
}
