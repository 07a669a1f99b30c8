import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../app/config/config-schema.ts';
import { UsageError } from '../../errors.ts';
import { isLoopback } from '../../mock/wire/host.ts';
import { hostOf } from '../../network/host.ts';
import { destinationOf } from '../../result/destination.ts';
import { isBuiltinName } from '../../scenario/builtin.ts';
import { namedOutside } from '../../scenario/named-files.ts';

/**
 * The check that holds a config file that was only found to what a stranger's may do: it came with the checkout. No key
 * goes to a host that isn't this machine, no variable but the default names one, nothing is written and no file read
 * outside the working directory.
 * @param config what of it holds: no flag of the command line stands in its place
 * @param hasSecret whether the user gives what nobody else may have: a key, or headers
 * @throws UsageError naming file and setting, and the way out
 */
export async function checkFoundConfig(
  config: Config,
  file: string,
  hasSecret: boolean,
): Promise<void> {
  const refuse = (setting: keyof Config, why: string): never => {
    throw new UsageError(
      `${file}: ${setting}: ${why}, which a config file may not do that was only found; name it with --config ${file}, or give the flag yourself`,
    );
  };
  for (const setting of ['apiKeyEnv', 'baseApiKeyEnv'] as const) {
    const name = config[setting];
    if (name !== undefined && name !== DEFAULT_KEY) refuse(setting, 'names a variable for the key');
  }
  if (config.provider !== undefined && config.provider !== 'openai') {
    refuse('provider', 'names a variable for the key');
  }
  if (hasSecret) {
    if (config.provider !== undefined) refuse('provider', 'sends your key to another machine');
    for (const setting of ['url', 'baseUrl', 'proxy'] as const) {
      if (isElsewhere(config[setting]))
        refuse(setting, 'sends your key or headers to another machine');
    }
    for (const setting of ['resolve', 'insecure'] as const) {
      if (config[setting] !== undefined) refuse(setting, 'changes where your key or headers go');
    }
  }
  for (const setting of written(config)) {
    const to = config[setting];
    if (typeof to === 'string' && !(await isInside(to))) {
      refuse(setting, 'writes outside the working directory');
    }
  }
  for (const setting of read) {
    const from = config[setting];
    if (typeof from === 'string' && !(await isInside(from))) {
      refuse(setting, 'reads a file outside the working directory');
    }
  }
  for (const name of [config.scenario ?? []].flat()) {
    if (isBuiltinName(name)) continue;
    if (!(await isInside(name)) || (await namedOutside(name))) {
      refuse('scenario', 'reads a file outside the working directory');
    }
  }
}

/** The variable that holds the key, unless another is named. */
export const DEFAULT_KEY = 'OPENAI_API_KEY';
const read = ['profile', 'cacert', 'cert', 'key', 'baseline'] as const satisfies (keyof Config)[];

function written(config: Config): (keyof Config)[] {
  const names = Object.keys(config) as (keyof Config)[];
  return names.filter((name) => name === 'out' || name.startsWith('export'));
}

/** A proxy may be named without a scheme, or be `none`. */
function isElsewhere(address: string | undefined): boolean {
  if (address === undefined || address === 'none') return false;
  const url = address.includes('://') ? address : `http://${address}`;
  return URL.canParse(url) && !isLoopback(hostOf(new URL(url).hostname));
}

/** Links are followed: one that lies in the checkout may lead anywhere. `-` is stdout. */
async function isInside(file: string): Promise<boolean> {
  if (file === '-') return true;
  const destination = await destinationOf(file).catch(() => undefined);
  if (destination?.kind === 'device' || destination?.kind === 'descriptor') return false;
  const place = destination?.path ?? (await realPlace(path.resolve(file)));
  const way = path.relative(await realpath('.'), place);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** Where a path leads as far as it is there already. */
async function realPlace(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const above = path.dirname(file);
    return above === file ? file : path.join(await realPlace(above), path.basename(file));
  }
}
