import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import config from '../../eslint.config.js';

// The walls alone, without the typed rules: those need every linted file to be part of the project.
const walls = (config as Linter.Config[]).filter(
  ({ files, rules }) =>
    rules?.['no-restricted-imports'] !== undefined &&
    files?.every((file) => typeof file === 'string' && file.startsWith('src/')),
);

const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    { rules: { '@typescript-eslint/consistent-type-imports': 'error' } },
    { plugins: { '@typescript-eslint': tseslint.plugin } },
    ...walls,
  ],
});

async function complaints(file: string, code: string): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath: file });
  return result?.errorCount ?? NaN;
}

describe('room walls', () => {
  it.each([
    ['a value', 'src/stats/x.ts', "import { a } from '../report/table.ts'; a();"],
    ['a type', 'src/stats/x.ts', "import type { A } from '../report/table.ts'; export type B = A;"],
    ['a re-export', 'src/transport/x.ts', "export { a } from '../stats/median.ts';"],
    ['a whole module', 'src/protocol/x.ts', "export * from '../mock/server.ts';"],
    ['a side effect', 'src/runner/x.ts', "import '../mock/server.ts';"],
    [
      'from a folder deep in a room',
      'src/mock/wire/deeper/x.ts',
      "import { a } from '../../../measure/clock.ts'; a();",
    ],
    [
      'round about through src',
      'src/stats/x.ts',
      "import { a } from '../../src/report/formats/table.ts'; a();",
    ],
    [
      'round about through the own room',
      'src/stats/x.ts',
      "import { a } from '../report/table.ts'; a();",
    ],
    ['lazily', 'src/stats/x.ts', "export const a = await import('../report/table.ts');"],
    ['lazily, by a computed path', 'src/app/x.ts', 'export const a = (p: string) => import(p);'],
    ['in a type annotation', 'src/stats/x.ts', "export let a: import('../report/table.ts').A;"],
    [
      'by require',
      'src/stats/x.ts',
      "import { createRequire } from 'node:module'; createRequire(import.meta.url)('../report/table.js');",
    ],
    ['by the package name', 'src/stats/x.ts', "import { run } from 'agent-latency-bench'; run();"],
    [
      'the command line from a use case',
      'src/app/x.ts',
      "import { a } from '../cli/main.ts'; a();",
    ],
    ['a room from a leaf', 'src/units.ts', "import { a } from './stats/median.ts'; a();"],
    [
      'the client clock from the mock',
      'src/mock/x.ts',
      "import { nowUs } from '../measure/clock.ts'; nowUs();",
    ],
    [
      'an upper floor of the own room',
      'src/mock/wire/x.ts',
      "import { a } from '../answer/service.ts'; a();",
    ],
    [
      'a neighbour on the same floor',
      'src/mock/http/x.ts',
      "import type { A } from '../ws/front.ts'; export type B = A;",
    ],
    [
      'a neighbour, round about',
      'src/mock/ws/x.ts',
      "import { a } from '../../mock/http/front.ts'; a();",
    ],
    ['the roof from a floor', 'src/mock/ws/x.ts', "import { a } from '../server.ts'; a();"],
    [
      'what stands on the roof',
      'src/mock/server.ts',
      "import { a } from './process/process.ts'; a();",
    ],
    [
      'a floor above, where the files of the room are the ground',
      'src/transport/x.ts',
      "import { a } from './ws/session.ts'; a();",
    ],
    [
      'a floor above, from a sub-room',
      'src/transport/http/x.ts',
      "import { a } from '../ws/session.ts'; a();",
    ],
    [
      'a floor above, from a folder of a sub-room',
      'src/report/blocks/gate/x.ts',
      "import { a } from '../../page.ts'; a();",
    ],
    [
      'another room from the front door of a room',
      'src/transport/index.ts',
      "import { a } from '../runner/session.ts'; a();",
    ],
    [
      'a floor of the command line from below',
      'src/cli/flags/x.ts',
      "import { a } from '../actions/run.ts'; a();",
    ],
    [
      'another room, from a sub-room',
      'src/mock/wire/x.ts',
      "import { a } from '../../stats/median.ts'; a();",
    ],
    ['printing outside the command line', 'src/runner/x.ts', "console.log('hello');"],
  ])('are closed to %s', async (_breach, file, code) => {
    expect(await complaints(file, code)).toBeGreaterThan(0);
  });

  it.each([
    ['the own room', 'src/stats/x.ts', "import { a } from './median.ts'; a();"],
    ['a room on the list', 'src/report/x.ts', "import { a } from '../stats/median.ts'; a();"],
    [
      'a leaf',
      'src/stats/x.ts',
      "import { UsageError } from '../errors.ts'; throw new UsageError();",
    ],
    ['a package', 'src/transport/x.ts', "import { Client } from 'undici'; export { Client };"],
    [
      'a lower floor of the own room',
      'src/mock/ws/x.ts',
      "import { a } from '../wire/refusal.ts'; a();",
    ],
    [
      "another room's folder of the same name",
      'src/report/text/x.ts',
      "import { a } from '../../compare/attribution/attribute.ts'; a();",
    ],
    ['the ground floor', 'src/transport/ws/x.ts', "import { a } from '../failure.ts'; a();"],
    [
      'every floor from the front door',
      'src/transport/index.ts',
      "import { a } from './ws/websocket.ts'; a();",
    ],
    ['sub-rooms from the roof', 'src/mock/server.ts', "import { a } from './ws/front.ts'; a();"],
    ['any room from a use case', 'src/app/x.ts', "import { a } from '../mock/server.ts'; a();"],
    ['rooms from the public surface', 'src/index.ts', "export { run } from './app/run.ts';"],
    [
      'lazy imports of the command line',
      'src/cli/x.ts',
      "export const a = await import('../app/run.ts');",
    ],
  ])('are open to %s', async (_way, file, code) => {
    expect(await complaints(file, code)).toBe(0);
  });
});
