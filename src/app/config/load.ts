import { parseUserFile, readUserFile } from '../../userfile/read-user-file.ts';
import { type Config, configSchema } from './config-schema.ts';

/**
 * The settings of a config file.
 * @throws UsageError if there is none, or with one line for every problem and its place.
 */
export function loadConfig(path: string): Promise<Config> {
  const unreadable = (problem: string): string =>
    `--config: expected a YAML or JSON file, got ${path}: ${problem}`;
  return readUserFile(configSchema, path, unreadable);
}

/**
 * The settings in the text of a config file.
 * @param source path of the text, which starts every line of a complaint
 * @throws UsageError with one line for every problem: `agent-latency-bench.yaml:3:5 timeout: expected …, got …`
 */
export function parseConfig(text: string, source: string): Config {
  return parseUserFile(configSchema, text, source);
}
