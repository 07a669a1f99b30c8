import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a file imports before its first line runs, types aside. */
function importsOf(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?!type )[^;]*?from '([^']+)';|^import '([^']+)';/gm,
  );
  return [...statements].map(([, from, bare]) => from ?? bare ?? '');
}

/** All that is loaded with a file. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  loaded.add(path.relative(root, file));
  for (const name of importsOf(file)) {
    const target = name.startsWith('.') ? path.resolve(path.dirname(file), name) : name;
    if (!name.startsWith('.')) loaded.add(name);
    else if (!loaded.has(path.relative(root, target))) loadedWith(target, loaded);
  }
  return loaded;
}

it('nothing is loaded before it is known which command is asked for, but for commander', () => {
  const bin = readFileSync(path.join(root, 'bin/agent-latency-bench.js'), 'utf8');
  const entries = [...bin.matchAll(/import\('..\/dist\/(.+)\.js'\)/g)].map(([, name]) =>
    path.join(root, 'src', `${name ?? ''}.ts`),
  );
  expect(entries.length).toBeGreaterThan(2);
  const loaded = entries.flatMap((entry) => [...loadedWith(entry)]);
  const ours = loaded.filter((name) => name.startsWith('src/'));
  expect(ours.filter((name) => !/^src\/(?:cli\/|[\w-]+\.ts$)/.test(name))).toEqual([]);
  const packages = loaded.filter((name) => !name.startsWith('src/') && !name.startsWith('node:'));
  expect([...new Set(packages)]).toEqual(['commander']);
});
