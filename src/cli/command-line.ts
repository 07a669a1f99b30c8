import { CommanderError } from 'commander';
import { RunError, UsageError } from '../errors.ts';
import { createProgram } from './program.ts';
import { tellUncaught } from './terminal/last-words.ts';

/**
 * The work that a command line asks for. Errors are told on stderr; `process.exitCode` says how it ended.
 * @param argv as `process.argv` has it
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Says what went wrong, once and in one message; returns the exit code. */
function report(error: unknown): number {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError || error instanceof RunError) {
    process.stderr.write(`error: ${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
  tellUncaught(error);
  return 1;
}
