/**
 * A mistake of the user: a flag, a file, a value. The command line prints the message and exits with code 2.
 *
 * The message says what was expected, what came, where, and what to do next.
 */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The run itself could not do its work (endpoint unreachable, nothing ever completed): exit code 1. */
export class RunError extends Error {
  override name = 'RunError';
}
