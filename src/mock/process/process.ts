import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { RunError, UsageError } from '../../errors.ts';
import { STEADY_HEAP_FLAG } from '../../steady-heap.ts';
import type { MockOptions } from '../server.ts';
import type { ChildReport } from './child-report.ts';

/** A mock in a process of its own. */
export interface MockProcess {
  url: string;
  /** The certificate to trust, as PEM text, if the mock made its own. */
  ca?: string;
  pid: number;
  /** Aborts when the process ends though nobody stopped it; the reason says how. */
  gone: AbortSignal;
  /** Ends the process; resolves once it is gone. */
  stop(): Promise<void>;
}

/** How long a child may take to end on its own. */
const STOP_TIMEOUT_MS = 2000;

/**
 * A mock started in a child process, so that it can't delay the client's time stamps. The child ends with
 * `stop()`, and with this process, however that ends.
 *
 * @param signal ends the wait for the start; a running mock is ended by `stop()`
 * @throws UsageError as `startMock` does, RunError if the child dies at start
 */
export async function startMockProcess(
  options: MockOptions,
  signal?: AbortSignal,
): Promise<MockProcess> {
  signal?.throwIfAborted();
  // No flags of this process (a debugger's, a loader's) for the child; stdout belongs to the results.
  const child = fork(childEntry(), {
    execArgv: [STEADY_HEAP_FLAG],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  try {
    const { url, ca } = await reportOf(child, options, signal);
    // A mock that nobody stops must not keep this process alive.
    child.unref();
    child.channel?.unref();
    if (child.stderr instanceof Socket) child.stderr.unref();
    const gone = new AbortController();
    let stopping = false;
    child.once('exit', (code, killedBy) => {
      const end = killedBy ?? `exit code ${String(code)}`;
      if (!stopping) gone.abort(new RunError(`the bundled mock server is gone (${end})`));
    });
    return {
      url,
      ...(ca !== undefined && { ca }),
      pid: child.pid ?? 0,
      gone: gone.signal,
      stop() {
        stopping = true;
        return stop(child);
      },
    };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** Beside this file once built; tests run this file from source, yet the child always from the built program. */
function childEntry(): URL {
  const path = import.meta.url.endsWith('.ts')
    ? '../../../dist/mock/process/child.js'
    : './child.js';
  return new URL(path, import.meta.url);
}

async function reportOf(
  child: ChildProcess,
  options: MockOptions,
  signal: AbortSignal | undefined,
): Promise<{ url: string; ca: string | undefined }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2000);
  });
  const report = await new Promise<ChildReport>((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as ChildReport);
    });
    child.on('error', reject);
    // `close`, not `exit`: by then all that it had to say on stderr is there.
    child.once('close', (code, killedBy) => {
      const end = killedBy ?? `exit code ${String(code)}`;
      reject(new RunError(`the mock server died at start (${end}): ${stderr.trim()}`));
    });
    signal?.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
    child.send(options);
  });
  switch (report.kind) {
    case 'listening':
      return { url: report.url, ca: report.ca };
    case 'misused':
      throw new UsageError(report.message);
    case 'failed':
      throw new RunError(`the mock server could not start: ${report.message}`);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.ref();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
