import type { Command } from 'commander';
import type { RecoveryOptions } from '../../app/options/recovery.ts';
import { duration, wholeNumber } from './values.ts';

/** The flags that say what a session does when something fails; null stands for `none`. */
export interface RecoveryFlags {
  retries?: number;
  retryPartial?: true;
  fallback: boolean;
  coolDown?: number;
  rotate?: number | null;
  ping?: number | null;
  idleClose?: number | null;
  connectTimeout?: number;
}

/** Adds them to a command, in a group of their own. */
export function addRecoveryFlags(command: Command): Command {
  return command
    .optionsGroup('When something fails:')
    .option('--retries <n>', 'per step, after 408, 409, 429 and 5xx (default: 0)', wholeNumber(0))
    .option('--retry-partial', 'also where output had already arrived')
    .option('--no-fallback', 'stay on WebSocket where it is refused, do not go on over HTTP')
    .option(
      '--cool-down <time>',
      'after a refusal, until WebSocket is tried again (default: 30s)',
      duration,
    )
    .option(
      '--rotate <time|none>',
      'replace a WebSocket of that age (default: 55m)',
      durationOrNone,
    )
    .option('--ping <time|none>', 'ping a WebSocket that often (default: 30s)', durationOrNone)
    .option(
      '--idle-close <time|none>',
      'close a WebSocket idle for longer (default: 10m)',
      durationOrNone,
    )
    .option(
      '--connect-timeout <time>',
      'DNS, TCP, TLS and upgrade together (default: 10s)',
      duration,
    );
}

/** Folds these flags into options. */
export function recoveryOf(flags: RecoveryFlags): RecoveryOptions {
  const { retries, retryPartial, fallback, coolDown, rotate, ping, idleClose, connectTimeout } =
    flags;
  return {
    ...(retries !== undefined && { retries }),
    ...(retryPartial && { retryPartial }),
    fallback,
    ...(coolDown !== undefined && { coolDownMs: coolDown }),
    ...(rotate !== undefined && { rotateMs: rotate }),
    ...(ping !== undefined && { pingIntervalMs: ping }),
    ...(idleClose !== undefined && { idleCloseMs: idleClose }),
    ...(connectTimeout !== undefined && { connectTimeoutMs: connectTimeout }),
  };
}

function durationOrNone(text: string): number | null {
  return text === 'none' ? null : duration(text);
}
