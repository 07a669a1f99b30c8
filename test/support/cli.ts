import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { readResult } from '../../src/app/read-result.ts';
import type { Result } from '../../src/result/schema.ts';
import { atEnd } from './cleanup.ts';

/** The program as a user starts it; it runs from `dist/`. */
export const bin = fileURLToPath(new URL('../../bin/agent-latency-bench.js', import.meta.url));

/** A finished program. */
export interface Finished {
  /** Null if a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Where it ran. */
  cwd: string;
}

/** A program under way. */
export interface Running {
  process: ChildProcess;
  pid: number;
  cwd: string;
  /** The first line on stdout or stderr that matches. */
  line(pattern: RegExp): Promise<string>;
  finished: Promise<Finished>;
}

export interface CliOptions {
  /** @default a fresh temporary folder */
  cwd?: string;
  env?: Record<string, string>;
  /** What stdin holds before its end; `false` leaves it open. @default nothing */
  input?: string | false;
  /** Program to run in its place. @default this package's own */
  program?: string;
}

/** Runs the program to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<Finished> {
  const running = await startCli(args, options);
  return running.finished;
}

let called: Promise<unknown> = Promise.resolve();

/**
 * The program's command line carried out in this process, one at a time: for what neither measures nor serves, as a
 * process of its own takes a third of a second to start.
 */
export function callCli(
  args: readonly string[],
  { cwd, env = {} }: Pick<CliOptions, 'cwd' | 'env'> = {},
): Promise<Finished> {
  const call = async (): Promise<Finished> => {
    const { runCommandLine } = await import('../../src/cli/command-line.ts');
    const folder = cwd ?? (await tempFolder());
    const outside = { cwd: process.cwd(), env: process.env };
    const said = { stdout: '', stderr: '' };
    const caught = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        said[name] += String(text);
        return true;
      }),
    );
    process.chdir(folder);
    process.env = { ...plainEnv(), ...env };
    try {
      await runCommandLine([process.execPath, bin, ...args]);
      return { ...said, code: Number(process.exitCode ?? 0), cwd: folder };
    } finally {
      process.exitCode = undefined;
      process.chdir(outside.cwd);
      process.env = outside.env;
      for (const spy of caught) spy.mockRestore();
    }
  };
  const next = called.then(call);
  called = next.catch(() => undefined);
  return next;
}

/** Starts the program; it ends with the test file at the latest. */
export async function startCli(
  args: readonly string[],
  { cwd, env = {}, input = '', program = bin }: CliOptions = {},
): Promise<Running> {
  const folder = cwd ?? (await tempFolder());
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...plainEnv(), ...env },
  });
  atEnd(() => child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  child.stdin.on('error', () => undefined);
  if (input !== false) child.stdin.end(input);
  const finished = once(child, 'close').then(([code]) => ({
    ...said,
    code: code as number | null,
    cwd: folder,
  }));
  return {
    process: child,
    pid: Number(child.pid),
    cwd: folder,
    finished,
    line: (pattern) => lineOf(child, said, pattern),
  };
}

/** A fresh folder that goes when the test file ends. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'alb-test-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Names of the run folders under `results/`, oldest first. */
export async function runFolders(cwd: string): Promise<string[]> {
  const names = await readdir(path.join(cwd, 'results')).catch(() => []);
  return names.sort().map((name) => path.join(cwd, 'results', name));
}

/** The one result that a program left. */
export async function onlyResult(cwd: string): Promise<Result> {
  const [folder, ...more] = await runFolders(cwd);
  if (folder === undefined || more.length > 0) {
    throw new Error(`expected one result in ${cwd}, found ${String(more.length)} more`);
  }
  return readResult(folder);
}

/** Kept: {@link callCli} changes them for a while. */
const ownEnv = process.env;

/** This process's variables without those that change what the program does. */
function plainEnv(): NodeJS.ProcessEnv {
  const names = ['NO_COLOR', 'FORCE_COLOR', 'OPENAI_API_KEY', 'NODE_OPTIONS'];
  const isProxy = (name: string): boolean => /^(https?|all|no)_proxy$/i.test(name);
  return Object.fromEntries(
    Object.entries(ownEnv).filter(([name]) => !names.includes(name) && !isProxy(name)),
  );
}

function lineOf(
  child: ChildProcess,
  said: Readonly<{ stdout: string; stderr: string }>,
  pattern: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const line = `${said.stdout}\n${said.stderr}`.split('\n').find((text) => pattern.test(text));
      if (line === undefined) return;
      child.stdout?.off('data', look);
      child.stderr?.off('data', look);
      resolve(line);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => {
      look();
      reject(new Error(`ended before it said ${String(pattern)}: ${said.stdout}${said.stderr}`));
    });
    look();
  });
}
