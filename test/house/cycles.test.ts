import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What Biome, by our own configuration, says of a small source tree: file to text. */
async function complaint(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await tempFolder();
  await cp(path.join(root, 'biome.json'), path.join(folder, 'biome.json'));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  const biome = path.join(root, 'node_modules/.bin/biome');
  return new Promise((resolve) => {
    execFile(biome, ['lint', '--colors=off', '.'], { cwd: folder }, (_, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}

const b = "import { a } from './a.ts';\nexport const b = (): number => a();\n";

describe('an import cycle', () => {
  it.each([
    [
      'of values',
      {
        'src/a.ts': "import { b } from './b.ts';\nexport const a = (): number => b();\n",
        'src/b.ts': b,
      },
    ],
    [
      'of a type and a value',
      {
        'src/a.ts': "import type { B } from './b.ts';\nexport const a = (): B | number => 1;\n",
        'src/b.ts': `${b}export type B = string;\n`,
      },
    ],
    [
      'through a third file, across folders',
      {
        'src/a.ts': "import { b } from './deep/b.ts';\nexport const a = (): number => b();\n",
        'src/deep/b.ts': "import { c } from '../c.ts';\nexport const b = (): number => c();\n",
        'src/c.ts': "import { a } from './a.ts';\nexport const c = (): number => a();\n",
      },
    ],
  ])('%s is caught', async (_kind, files) => {
    expect(await complaint(files)).toContain('noImportCycles');
  });

  it('is not seen where there is none', async () => {
    const files = { 'src/a.ts': 'export const a = (): number => 1;\n', 'src/b.ts': b };
    expect(await complaint(files)).not.toContain('noImportCycles');
  });
});
