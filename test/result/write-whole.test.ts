import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { destinationOf } from '../../src/result/destination.ts';
import { createResultFolder } from '../../src/result/folder.ts';
import { writeWhole } from '../../src/result/write-whole.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'whole-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function at(...names: string[]): string {
  return path.join(folder, ...names);
}

describe('a file that is written whole', () => {
  it('is what a link leads to, and the link stays', async () => {
    await writeFile(at('real'), 'old');
    await symlink('real', at('link'));
    await writeWhole(at('link'), 'new');
    expect(await readFile(at('real'), 'utf8')).toBe('new');
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true);
  });

  it('is made where a link leads to nothing yet', async () => {
    await symlink('later', at('dangling'));
    await writeWhole(at('dangling'), 'new');
    expect(await readFile(at('later'), 'utf8')).toBe('new');
  });

  it('may come in pieces, each asked for when the one before is written', async () => {
    const written: string[] = [];
    await writeWhole(
      at('pieces'),
      (function* () {
        for (const piece of ['a', '', 'bc']) {
          written.push(piece);
          yield piece;
        }
      })(),
    );
    expect(await readFile(at('pieces'), 'utf8')).toBe(written.join(''));
  });

  it('keeps its permissions', async () => {
    await writeFile(at('private'), 'old');
    await chmod(at('private'), 0o600);
    await writeWhole(at('private'), 'new');
    expect((await stat(at('private'))).mode & 0o777).toBe(0o600);
  });

  it('may have as long a name as a file can have', async () => {
    await writeWhole(at('x'.repeat(255)), 'new');
    expect(await readFile(at('x'.repeat(255)), 'utf8')).toBe('new');
  });

  it('takes away what a process that is gone left half-written, and nothing else', async () => {
    const gone = spawn(process.execPath, ['--version']);
    await once(gone, 'exit');
    await mkdir(at('swept'));
    const left = `.agent-latency-bench-${String(gone.pid)}-0a1b2c3d.tmp`;
    const busy = `.agent-latency-bench-${String(process.pid)}-0a1b2c3d.tmp`;
    for (const name of [left, busy, 'my.tmp']) await writeFile(at('swept', name), '{');
    await writeWhole(at('swept', 'file'), 'new');
    expect((await readdir(at('swept'))).sort()).toEqual([busy, 'file', 'my.tmp']);
  });

  it.each([
    ['a link in a circle', 'circle', 'ELOOP'],
    ['a folder', '', 'EISDIR'],
    ['a name that is too long', 'x'.repeat(256), 'ENAMETOOLONG'],
  ])('is refused where the path is %s', async (_why, name, code) => {
    await symlink('circle', at('circle')).catch(() => undefined);
    await expect(writeWhole(at(name), 'new')).rejects.toMatchObject({ code });
  });
});

describe('a pipe', () => {
  it('that nobody reads is waited for until the signal', async () => {
    execFileSync('mkfifo', [at('unread')]);
    const controller = new AbortController();
    const written = writeWhole(at('unread'), 'text', controller.signal);
    controller.abort(new Error('enough'));
    await expect(written).rejects.toThrow();
  });

  it('takes more than it holds at a time', async () => {
    execFileSync('mkfifo', [at('wide')]);
    const text = 'x'.repeat(1_000_000);
    const [read] = await Promise.all([readFile(at('wide'), 'utf8'), writeWhole(at('wide'), text)]);
    expect(read).toBe(text);
  });
});

describe('the destination of a path', () => {
  it.each([
    ['/dev/stdout', 1],
    ['/dev/stderr', 2],
    ['/dev/fd/7', 7],
    ['/proc/self/fd/1', 1],
  ])('%s is a descriptor that is open', async (file, fd) => {
    expect(await destinationOf(file)).toEqual({ kind: 'descriptor', fd });
  });

  it('is the same through a linked folder', async () => {
    await mkdir(at('here'));
    await symlink('here', at('there'));
    expect(await destinationOf(at('there', 'a'))).toEqual(await destinationOf(at('here', 'a')));
  });
});

describe('a result folder', () => {
  it('is made with the folders above it', async () => {
    const made = await createResultFolder(at('a', 'b', 'c'), new Date(), 'quick');
    expect((await stat(made)).isDirectory()).toBe(true);
  });

  it.each([
    ['a folder that takes none', '/proc/nothing/here'],
    ['a file', 'file/below'],
  ])('is refused at once below %s', async (_why, parent) => {
    await writeFile(at('file'), '');
    const made = createResultFolder(path.resolve(folder, parent), new Date(), 'quick');
    await expect(made).rejects.toThrow('--out: expected a folder that can be written');
  });
});
