import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configJsonSchema, configSchema } from '../../src/app/config/config-schema.ts';
import { parseConfig } from '../../src/app/config/load.ts';
import { gateCommand } from '../../src/cli/commands/gate.ts';
import { runCommand } from '../../src/cli/commands/run.ts';
import { UsageError } from '../../src/errors.ts';

const text = `
scenario: [quick, chat]
transports: [http, ws]
iterations: 20
toolTime: none
rtt: 40ms
rotate: none
header: { x-tenant: 7 }
thresholds:
  - 'ws.workflow_e2e: p(95)<4s'
  - { threshold: 'ws.reconnects: count<5', level: warn, abortOnFail: true }
maxRegression: 5%
exportJunit: junit.xml
`;

function complaint(source: string): string {
  try {
    parseConfig(source, 'bench.yaml');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return '';
}

describe('a config file', () => {
  it('is read as it stands', () => {
    expect(parseConfig(text, 'bench.yaml')).toMatchObject({
      scenario: ['quick', 'chat'],
      iterations: 20,
      rtt: '40ms',
      thresholds: [
        'ws.workflow_e2e: p(95)<4s',
        { threshold: 'ws.reconnects: count<5', level: 'warn', abortOnFail: true },
      ],
    });
  });

  it.each<[why: string, source: string, complaint: RegExp]>([
    ['an unknown key', 'a: 1', /^bench\.yaml:1:1 a: expected a flag .*got an unknown key$/],
    [
      'a key of one flag',
      'threshold: a',
      /^bench\.yaml:1:1 threshold: .*did you mean thresholds\?/,
    ],
    ['a flag in kebab case', 'min-abs: 2ms', /^bench\.yaml:1:1 min-abs: expected a flag/],
    ['a duration without unit', 'rtt: 40', /^bench\.yaml:1:6 rtt: expected a duration/],
    ['a duration of nothing', 'timeout: soon', /1:10 timeout: expected a duration .*got "soon"$/],
    ['a rate in bytes', 'bandwidth: 5MB', /bandwidth: expected a rate/],
    ['a number for a percentage', 'maxRegression: 5', /expected a percentage such as 5%, got 5$/],
    ['no whole number', 'iterations: 1.5', /iterations: expected a whole number/],
    ['no rounds at all', 'iterations: 0', /iterations: expected at least 1/],
    ['a word for yes', 'strict: yes', /strict: expected true or false/],
    ['no tool time', 'toolTime: fast', /toolTime: expected recorded, none, or a factor/],
    ['an unknown format', 'format: xml', /format: expected table or json/],
    ['a threshold alone', 'thresholds: "failed: rate<1%"', /thresholds: expected a list/],
    [
      'a threshold that is none',
      'thresholds: [fast]',
      /1:14 thresholds\[0\]: expected a threshold/,
    ],
    [
      'a threshold on nothing known',
      "thresholds:\n  - 'speed: med<1s'",
      /2:5 thresholds\[0\]: expected a metric \(.*got "speed"$/,
    ],
    [
      'a threshold of no level',
      "thresholds: [{ threshold: 'failed: rate<1%', level: fatal }]",
      /thresholds\[0\]\.level: expected warn or error/,
    ],
    ['a list', '- a', /expected a map such as/],
    ['nothing', '', /1:1 expected a map such as .*got nothing$/],
    ['no YAML', 'a: [', /^bench\.yaml:1:/],
    ['a key twice', 'seed: 1\nseed: 2', /2:1 .*every key once/],
  ])('with %s is refused, with its place', (_, source, expected) => {
    expect(complaint(source)).toMatch(expected);
  });

  it('is told every problem at once, in the order of the text', () => {
    expect(
      complaint('rtt: 1\nseed: x\nnope: 1')
        .split('\n')
        .map((line) => line.slice(0, 15)),
    ).toEqual(['bench.yaml:1:6 ', 'bench.yaml:2:7 ', 'bench.yaml:3:1 ']);
  });

  it('never has the value of a header repeated', () => {
    expect(complaint('header: { x-key: [sekret] }')).toMatch(/1:9 header: expected a map/);
    expect(complaint('header: sekret-value-1')).not.toContain('sekret');
  });

  it('knows every flag of run and gate that is not for people at a terminal only', () => {
    const flags = [...runCommand(new Command()).options, ...gateCommand(new Command()).options].map(
      (option) => option.attributeName(),
    );
    const keys = new Set(Object.keys(configSchema.shape));
    const attended = new Set(['config', 'yes', 'dryRun']);
    const known = (flag: string) => keys.has(flag === 'threshold' ? 'thresholds' : flag);
    expect(flags.filter((flag) => !attended.has(flag) && !known(flag))).toEqual([]);
  });

  it('fits its JSON Schema, which a file with a mistake does not', () => {
    const { $id: _, title: _title, ...schema } = configJsonSchema();
    const byJsonSchema = z.fromJSONSchema(schema);
    expect(byJsonSchema.safeParse(parseConfig(text, 'bench.yaml')).error).toBeUndefined();
    expect(byJsonSchema.safeParse({ rtt: 40 }).success).toBe(false);
    expect(byJsonSchema.safeParse({ 'max-regression': '5%' }).success).toBe(false);
  });
});
