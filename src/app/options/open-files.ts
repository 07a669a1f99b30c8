import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import { isTransportName, transports } from '../../transport/index.ts';

/** What the program needs beside its connections: its own files, pipes and the parts of Node. */
const OWN_FILES = 64;
/** What a worker thread needs beside its connections. */
const FILES_OF_A_WORKER = 8;

/** The part of a run's options that decides how many connections it has open at once. */
export interface Sessions {
  concurrency: number;
  transports: readonly string[];
  /** Threads that run the sessions. @default 1 */
  workers?: number | undefined;
}

/**
 * The check, before anything is sent, that so many sessions at once may have their connections: this process and the
 * bundled mock's are held to the same limit.
 * @param allowed open files that the system allows; undefined where it does not say
 * @throws UsageError saying what is needed, what is allowed, and how to raise it
 */
export function checkOpenFiles(sessions: Sessions, allowed = openFilesAllowed()): void {
  if (allowed === undefined || filesNeeded(sessions) <= allowed) return;
  throw new UsageError(`concurrency: ${openFilesAdvice(sessions, allowed)}`);
}

/** How many sessions may be open at once; Infinity where the system does not say. */
export function sessionsAllowed(
  transports: Sessions['transports'],
  allowed = openFilesAllowed(),
): number {
  if (allowed === undefined) return Infinity;
  const each = filesEach({ concurrency: 1, transports });
  return Math.max(1, Math.floor((allowed - OWN_FILES) / each));
}

/** The open files that these sessions need, how many there may be, and how to have more, in words. */
export function openFilesAdvice(sessions: Sessions, allowed = openFilesAllowed()): string {
  const { concurrency } = sessions;
  const needed = filesNeeded(sessions);
  const needs = `${concurrency} sessions at once need about ${needed} open files`;
  if (allowed === undefined) return `${needs}; raise the limit (ulimit -n), or lower -c`;
  // Where they ran out although they should have been enough, something else holds them.
  const [enough, fewer] =
    needed > allowed
      ? [needed, Math.floor((allowed - ownFiles(sessions)) / filesEach(sessions))]
      : [2 * allowed, Math.floor(concurrency / 2)];
  return `${needs}, and this shell allows ${allowed}; raise it (ulimit -n ${enough}), or lower -c to ${Math.max(1, fewer)}`;
}

function filesNeeded(sessions: Sessions): number {
  return sessions.concurrency * filesEach(sessions) + ownFiles(sessions);
}

function ownFiles({ workers = 1 }: Sessions): number {
  return OWN_FILES + (workers > 1 ? workers * FILES_OF_A_WORKER : 0);
}

/** A session that opens a connection for each request still closes the one before. */
function filesEach({ transports: names }: Sessions): number {
  return names.some((name) => isTransportName(name) && transports[name].connection === 'per-call')
    ? 2
    : 1;
}

/** The limit of this process, from Linux' /proc/self/limits; Node has raised it as far as it may. */
function openFilesAllowed(): number | undefined {
  try {
    const [, soft] =
      /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
