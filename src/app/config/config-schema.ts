import { z } from 'zod';
import { closestName } from '../../userfile/closest.ts';
import { type SettingName, settings } from '../options/settings/index.ts';
import type { Setting } from '../options/settings/setting.ts';
import { grammars, list, threshold } from './grammars.ts';

/** The name of a config file where no other is given. */
export const CONFIG_FILE = 'agent-latency-bench.yaml';

/** A setting that a file holds under its own name and by its own grammar. */
type PlainName = Exclude<SettingName, 'scenario' | 'threshold' | 'yes' | 'dryRun'>;

type PlainShape = {
  [Name in PlainName]: (typeof grammars)[(typeof settings)[Name]['value']];
};

/** A config file as users write it: the long flags of `run` and `gate` in camelCase. Unknown keys are errors. */
export const configSchema = z
  .strictObject(
    {
      scenario: list.describe(settings.scenario.remark),
      ...plainShape(),
      thresholds: z.array(threshold, { error: 'expected a list of thresholds' }),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `expected a flag of run or gate in camelCase, such as maxRegression (\`schema config\` lists all${hints(issue.keys)})`
          : 'expected a map such as { transports: [http, ws], maxRegression: 5% }',
    },
  )
  .partial();

/** The settings that a config file holds. */
export type Config = z.infer<typeof configSchema>;

/** The JSON Schema of a config file, as `schema config` prints it. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input' });
  return { $schema, $id: 'agent-latency-bench/config/v1', title: CONFIG_FILE, ...rest };
}

/** What unknown keys most likely meant. */
function hints(keys: readonly string[]): string {
  const known = Object.keys(configSchema.shape);
  const meant = keys.flatMap((key) => closestName(key, known) ?? []);
  return meant.length === 0 ? '' : `; did you mean ${meant.join(', ')}?`;
}

function plainShape(): PlainShape {
  const rows: [string, Setting][] = Object.entries(settings);
  const shape = rows
    .filter(([name, { attended }]) => !attended && name !== 'scenario' && name !== 'threshold')
    .map(([name, { value, choices, remark }]) => {
      const schema: z.ZodType = choices ? z.enum(choices) : grammars[value];
      return [name, remark === undefined ? schema : schema.describe(remark)];
    });
  return Object.fromEntries(shape) as PlainShape;
}
