import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, type Option } from 'commander';
import { CONFIG_FILE, type Config } from '../../app/config/config-schema.ts';
import { loadConfig } from '../../app/config/load.ts';
import { providers } from '../../app/options/settings/providers.ts';
import { formatThreshold, parseThreshold } from '../../compare/gate/thresholds.ts';
import { UsageError } from '../../errors.ts';
import { checkFoundConfig, DEFAULT_KEY } from './found-config.ts';
import type { AllGateFlags } from './gate-flags.ts';
import type { RunFlags } from './run-flags.ts';

/**
 * The config file's flags, put into a command; those of the command line win. The file is named on stderr.
 * @throws UsageError if the file is no good, or named and not there.
 */
export async function applyConfig(command: Command): Promise<void> {
  const { config: named, quiet } = command.opts<{ config?: string | false; quiet?: true }>();
  if (named === false || (named === undefined && !existsSync(CONFIG_FILE))) return;
  const file = named ?? CONFIG_FILE;
  const config = await loadConfig(file);
  // One that was only found can't hide itself.
  const silent = quiet === true || (named !== undefined && config.quiet === true);
  if (!silent) process.stderr.write(`config: ${file}\n`);
  if (named === undefined) {
    await checkFoundConfig(heldOf(config, command), file, hasSecret(command.opts()));
  }
  const { scenario, thresholds, resolve, ...rest } = config;
  if (scenario !== undefined) applyScenario(command, [scenario].flat(), file);
  const flags: Record<string, FlagValue | undefined> = {
    ...rest,
    // Commas stand within one.
    ...(resolve !== undefined && { resolve: new Set([resolve].flat()) }),
    ...(thresholds && { threshold: new Set(thresholds.map(thresholdText)) }),
  };
  for (const [key, value] of Object.entries(flags)) {
    if (value !== undefined && concerns(command, key)) applyFlag(command, key, value, file);
  }
}

/** Whether a key is at hand, under whichever name, or a header was given that may hold one. */
function hasSecret(flags: Partial<RunFlags & AllGateFlags>): boolean {
  const { provider = 'openai', header, baseHeader, apiKeyEnv = [], baseApiKeyEnv = [] } = flags;
  const own = providers[provider].keyVariable;
  const names = [DEFAULT_KEY, own, apiKeyEnv, baseApiKeyEnv].flat();
  return (
    (header ?? baseHeader) !== undefined || names.some((name) => (process.env[name] ?? '') !== '')
  );
}

/** What of a config no flag of the command line stands in place of. */
function heldOf(config: Config, command: Command): Config {
  const held = Object.entries(config).filter(([key]) => {
    if (key === 'scenario' && command.args.length > 0) return false;
    return command.getOptionValueSource(key) !== 'cli';
  });
  return Object.fromEntries(held);
}

/** A flag's value; a list is one text with commas, a set is a text each time. */
type FlagValue =
  | string
  | number
  | boolean
  | readonly string[]
  | Readonly<Record<string, string | number | boolean>>
  | ReadonlySet<string>;

/** `run` takes its scenarios as arguments, `gate` one as a flag. */
function applyScenario(command: Command, names: readonly string[], file: string): void {
  if (command.name() === 'run') {
    if (command.args.length === 0) command.processedArgs[0] = names;
    return;
  }
  if (!concerns(command, 'scenario')) return;
  const [name, second] = names;
  if (name === undefined || second !== undefined) {
    throw new UsageError(`${file}: scenario: gate takes one scenario, got ${names.join(', ')}`);
  }
  applyFlag(command, 'scenario', name, file);
}

/**
 * One file serves `run` and `gate`: where a stored result is judged, only what judges counts; where two endpoints are
 * measured, no baseline does.
 */
function concerns(command: Command, key: string): boolean {
  if (command.name() !== 'gate') return true;
  const judgesOnly = command.args.length > 0;
  return judgesOnly ? judging.has(key) || key.startsWith('export') : key !== 'baseline';
}

const judging: ReadonlySet<string> = new Set([
  ...['threshold', 'baseline', 'maxRegression', 'minAbs', 'strict', 'requireBaseline', 'force'],
  'format',
]);

function applyFlag(command: Command, key: string, value: FlagValue, file: string): void {
  const source = command.getOptionValueSource(key);
  if (source !== undefined && source !== 'default') return;
  const option = command.options.find((each) => each.attributeName() === key);
  if (option === undefined) return;
  try {
    command.setOptionValueWithSource(key, parsed(option, value), 'config');
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(`${file}: ${key}: ${error.message}`);
  }
}

function parsed(option: Option, value: FlagValue): unknown {
  if (typeof value === 'boolean') return value;
  const { parseArg } = option;
  return textsOf(value).reduce<unknown>(
    (soFar, text) => (parseArg === undefined ? text : parseArg(text, soFar)),
    undefined,
  );
}

function textsOf(value: Exclude<FlagValue, boolean>): string[] {
  if (typeof value !== 'object') return [String(value)];
  if (value instanceof Set) return [...(value as ReadonlySet<string>)];
  if (Array.isArray(value)) return [value.join(',')];
  return Object.entries(value).map(([name, each]) => `${name}: ${String(each)}`);
}

function thresholdText(threshold: NonNullable<Config['thresholds']>[number]): string {
  if (typeof threshold === 'string') return threshold;
  const { threshold: text, level, abortOnFail } = threshold;
  return formatThreshold({
    ...parseThreshold(text, 'threshold'),
    ...(level !== undefined && { level }),
    ...(abortOnFail !== undefined && { abortOnFail }),
  });
}
