import { closeSync, openSync, writeSync } from 'node:fs';

/** What can still be saved, synchronously, when the process ends before its work did; returns what to tell. */
type Rescue = () => string;

const rescues = new Set<Rescue>();
let lostOutput = false;

/**
 * A promise to say something should the process end before `work` does.
 * @param rescue saves what is there and says where it is
 */
export async function rescuing<T>(rescue: Rescue, work: () => Promise<T>): Promise<T> {
  rescues.add(rescue);
  try {
    return await work();
  } finally {
    rescues.delete(rescue);
  }
}

/** A watch from the program's start on, so that it never ends without a word and an exit code of its own. */
export function watchExit(): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // The reader of a pipe has seen enough (`… | head`): the files are still to be written.
    if (code === 'EPIPE' || lostOutput) return;
    lostOutput = true;
    process.stderr.write(`error: stdout could not be written: ${code ?? message}\n`);
  });
  // Progress that nobody reads must not end a run.
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    tellUncaught(error);
    process.exit(1);
  });
  process.on('exit', () => {
    for (const rescue of rescues) say(rescue());
    const endedItself = process.exitCode === NOTHING_TO_WAIT_FOR;
    if (endedItself) say('error: the program came to an end of its own; please report it');
    const fine = process.exitCode === undefined || process.exitCode === 0;
    if (endedItself || (fine && (rescues.size > 0 || lostOutput))) process.exitCode = 1;
  });
}

/** Node's exit code where something was awaited, though nothing was left that could have ended the wait. */
const NOTHING_TO_WAIT_FOR = 13;

/** A message on stderr that an error is ours, with all that helps to find it; or that there were no files left to open. */
export function tellUncaught(error: unknown): void {
  const code = codeOf(error as NodeJS.ErrnoException);
  if (code === 'EMFILE' || code === 'ENFILE') {
    say(`error: too many open files (${code}): raise the limit of this shell (ulimit -n 1024)`);
    return;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`This is a bug of agent-latency-bench, please report it:\n${detail}`);
}

/** Node says of a part of the program that it couldn't open that it isn't there: it may be, where files run short. */
function codeOf({ code }: NodeJS.ErrnoException): string | undefined {
  return code === 'ERR_MODULE_NOT_FOUND' && filesRunShort() ? 'EMFILE' : code;
}

/** Whether the process can't open as many files at once as loading the program may. */
function filesRunShort(): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < MODULES) opened.push(openSync(process.execPath, 'r'));
    return false;
  } catch {
    return true;
  } finally {
    opened.forEach(closeSync);
  }
}

/** As many as the program has, roughly: Node opens all that one module imports before it reads one of them. */
const MODULES = 512;

/** At the end of a process only what is written synchronously arrives. */
function say(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody listens any more.
  }
}
