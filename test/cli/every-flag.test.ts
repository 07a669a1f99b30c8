import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { endpointSettings } from '../../src/app/options/settings/endpoint.ts';
import { settings } from '../../src/app/options/settings/index.ts';
import { limitSettings } from '../../src/app/options/settings/limits.ts';
import { loadSettings } from '../../src/app/options/settings/load.ts';
import { outputSettings } from '../../src/app/options/settings/output.ts';
import { requestSettings } from '../../src/app/options/settings/request.ts';
import type { CommandName, SettingTable } from '../../src/app/options/settings/setting.ts';
import { madeUpResult } from '../result/made-up.ts';
import { runCli, tempFolder } from '../support/cli.ts';
import { documentedValues, longFlag } from '../support/documented-values.ts';
import { identityForTest } from '../support/identity.ts';
import { closedPort } from '../support/servers.ts';

/*
 * Every documented value of every flag, through the real program. The k-th program is given the k-th value of each of its
 * flags at once, so that there are few programs.
 */

/** What becomes of a program that reads all its flags: a mistake of the user's would end it with 2. */
interface Family {
  what: string;
  command: CommandName;
  /** What it is given beside the flags. */
  fixed: (port: number) => string[];
  names: readonly string[];
  /** What stands in the place of documented values that don't go together, or name what must be there. */
  values?: Readonly<Record<string, readonly string[]>>;
  code: number;
  /** Its values are those of another family: one program will do. */
  once?: true;
}

const mockOnly = ['profile', 'cacheOff', 'tls', 'fault'];
const ofGate = ['baseUrl', 'baseModel', 'baseApiKeyEnv', 'baseHeader', 'scenario'];
const ofUrl = Object.keys(endpointSettings).filter(
  (name) => ![...mockOnly, ...ofGate].includes(name),
);
const exporting = Object.keys(outputSettings).filter((name) => name.startsWith('export'));
const files = Object.fromEntries(exporting.map((name) => [name, [`./${name}`]]));
const present = {
  cacert: ['own.pem'],
  cert: ['own.pem'],
  key: ['own.pem'],
  apiKeyEnv: ['SOME_KEY'],
  baseApiKeyEnv: ['SOME_KEY'],
  baseline: ['result.json'],
};

const families: Family[] = [
  {
    what: 'run, against the mock',
    command: 'run',
    fixed: () => ['quick', '--dry-run'],
    names: Object.keys(settings).filter(
      (name) => ![...ofUrl, ...ofGate, ...Object.keys(loadSettings)].includes(name),
    ),
    values: {
      ...present,
      ...files,
      transports: ['all', 'http,ws', 'ws-full,ws'],
      // With --until and its least number of rounds.
      maxRounds: ['6', '200'],
      maxRequests: ['1000000'],
      maxTokens: ['1000000000'],
    },
    code: 0,
  },
  {
    what: 'run, at a rate',
    command: 'run',
    fixed: () => ['quick', '--dry-run'],
    names: ['rate', 'arrival', 'duration', 'window', 'concurrency'],
    // Slower, by chance nothing would come in so short a time.
    values: { rate: ['20', '600/m'] },
    code: 0,
  },
  {
    what: 'run, in stages',
    command: 'run',
    fixed: () => ['quick', '--dry-run'],
    names: ['stages', 'iterations'],
    code: 0,
  },
  {
    what: 'run, a ramp',
    command: 'run',
    fixed: () => ['quick', '--dry-run'],
    names: ['ramp', 'rate', 'arrival', 'duration', 'maxTime', 'threshold'],
    code: 0,
  },
  {
    what: 'run, against a URL',
    command: 'run',
    fixed: () => ['quick', '--dry-run', '-t', 'http-keepalive,ws'],
    names: [...ofUrl, ...Object.keys(requestSettings)],
    values: {
      ...present,
      url: ['https://localhost:8000/v1', 'https://api.openai.com/v1'],
      // A lookup that nobody makes is a mistake: the first goes with the first URL, the second with the proxy.
      proxy: ['none', 'http://localhost:3128'],
      resolve: ['localhost:8000:127.0.0.1', 'localhost:3128:127.0.0.1'],
    },
    code: 0,
  },
  {
    what: 'gate, of a result',
    command: 'gate',
    fixed: () => ['result.json'],
    names: [...Object.keys(limitSettings), 'format', ...exporting],
    values: { ...present, ...files, threshold: ['ws.workflow_e2e: p(95)<1h'] },
    // It is strict, and so few rounds leave questions open.
    code: 4,
    once: true,
  },
  {
    what: 'gate, of two endpoints that nobody listens at',
    command: 'gate',
    fixed: (port) => ['--yes', '--base-url', `http://127.0.0.1:${port}/v1`],
    names: ['url', ...ofGate.filter((name) => name !== 'baseUrl'), ...Object.keys(requestSettings)],
    values: { ...present, scenario: ['quick'], url: ['http://127.0.0.1:1/v1'] },
    code: 1,
  },
  {
    what: 'compare',
    command: 'compare',
    fixed: () => ['result.json', 'result.json'],
    names: ['maxRegression', 'minAbs', 'force', 'format', ...exporting],
    values: files,
    code: 0,
    once: true,
  },
  {
    what: 'report',
    command: 'report',
    fixed: () => ['result.json'],
    names: ['format', 'full', ...exporting],
    // Each in its turn goes to stdout.
    values: Object.fromEntries(
      exporting.map((name, turn) => [
        name,
        exporting.map((_, k) => (k === turn ? '-' : `./${name}`)),
      ]),
    ),
    code: 0,
  },
];

const programs = families.flatMap((family) => {
  const rows = family.names.map((name) => {
    const setting = (settings as SettingTable)[name];
    if (setting === undefined) throw new Error(`there is no setting ${name}`);
    return { flag: longFlag(setting), values: family.values?.[name] ?? documentedValues(setting) };
  });
  const most = family.once ? 1 : Math.max(...rows.map(({ values }) => values.length));
  return Array.from({ length: most }, (_, k) => {
    const flags = rows.flatMap(({ flag, values }) =>
      values.length === 0 ? [flag] : [flag, values[k % values.length] ?? ''],
    );
    return { ...family, which: k + 1, flags };
  });
});

let cwd = '';
let port = 0;

beforeAll(async () => {
  cwd = await tempFolder();
  port = await closedPort();
  const { cert, key } = await identityForTest();
  await writeFile(path.join(cwd, 'own.pem'), `${cert}\n${key}`);
  await writeFile(path.join(cwd, 'result.json'), JSON.stringify(madeUpResult()));
});

describe.concurrent('the program takes every documented value', () => {
  it.each(programs)('$what, no. $which', async ({ command, fixed, flags, code }) => {
    const args = [command, ...fixed(port), ...flags];
    const ended = await runCli(args, { cwd, env: { SOME_KEY: 'secret' } });
    expect(ended, ended.stderr).toMatchObject({ code });
  });
});

it('no flag of the table is left out', () => {
  const tried = new Set(families.flatMap(({ names }) => names));
  expect(Object.keys(settings).filter((name) => !tried.has(name))).toEqual(['baseUrl']);
});
