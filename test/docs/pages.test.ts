import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { anchorsOf, commandsOn, pages, pageText, proseOf, root } from './pages.ts';

const commands = pages.flatMap((page) =>
  commandsOn(page).map((words) => [page, words.join(' '), words] as const),
);

describe('a command that a page shows', () => {
  it('is found where there are some', () => {
    expect(commands.length).toBeGreaterThan(50);
    const named = new Set(commands.map(([, , [name]]) => name));
    const known = createProgram().commands.map((command) => command.name());
    expect(known.filter((name) => name !== 'help' && !named.has(name))).toEqual([]);
  });

  it.each(commands)('%s: %s is understood by the program', async (_page, _line, words) => {
    const program = createProgram();
    let understood = false;
    program.hook('preSubcommand', (_, command) => {
      for (const each of [command, ...command.commands]) {
        each.configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
        each.action(() => {
          understood = true;
        });
      }
    });
    await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => {
      if ((error as { code?: string }).code !== 'commander.helpDisplayed') throw error;
      understood = true;
    });
    expect(understood).toBe(true);
  });

  it('is refused where a flag does not exist', async () => {
    const program = createProgram().configureOutput({ writeErr: () => undefined });
    program.hook('preSubcommand', (_, command) => {
      command.configureOutput({ writeErr: () => undefined });
    });
    await expect(program.parseAsync(['run', '--no-such-flag'], { from: 'user' })).rejects.toThrow(
      'unknown option',
    );
  });
});

const links = pages.flatMap((page) =>
  [...proseOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(
    ([, to = '']) => [page, to] as const,
  ),
);

describe('a link', () => {
  it.each(links)('on %s to %s leads to a file and a heading that are there', (page, to) => {
    const [file = '', anchor] = to.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    expect(existsSync(path.join(root, target))).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(target)).toContain(anchor);
  });

  it.each(pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md'))(
    'leads from the index to %s',
    (page) => {
      expect(pageText('docs/README.md')).toContain(`(${path.posix.relative('docs', page)})`);
    },
  );
});

it('npm scripts that pages name are there', () => {
  const { scripts } = JSON.parse(pageText('package.json')) as { scripts: Record<string, string> };
  const named = pages.flatMap((page) =>
    [...pageText(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name),
  );
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

it('troubleshooting has every warning and every exit code', () => {
  const page = pageText('docs/troubleshooting.md');
  const kinds = pageText('src/result/warnings/kinds.ts');
  const codes = [...kinds.matchAll(/(?:code: |OfTransport<\s*)'(\w+)'/g)].map(
    ([, code = '']) => code,
  );
  expect(codes.length).toBeGreaterThan(25);
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  for (const code of [0, 1, 2, 3, 4, 5, 99, 130])
    expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});

it('the README stays short, and its quick start two commands', () => {
  const text = pageText('README.md');
  expect(text.split('\n').length).toBeLessThanOrEqual(200);
  const [, block] = /^## Quick start\n+```sh\n([\s\S]*?)```/m.exec(text) ?? [];
  expect(block).toBe('npm ci && node bin/agent-latency-bench.js run\nnpm ci && npm test\n');
});
