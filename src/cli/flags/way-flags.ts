import type { Command } from 'commander';
import type { EndpointOptions } from '../../app/options/resolve.ts';
import { UsageError } from '../../errors.ts';
import { certificateBegin, readPem } from './pem.ts';
import { collect } from './values.ts';

/** The flags that say how an endpoint is reached, and as whom. */
export interface WayFlags {
  proxy?: string;
  resolve?: string[];
  cert?: string;
  key?: string;
}

/** Adds them to a command. */
export function addWayFlags(command: Command): Command {
  return command
    .option(
      '--proxy <url|none>',
      'tunnel every connection through this proxy (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY)',
    )
    .option(
      '--resolve <host:port:address>',
      'connect there, look no name up; repeatable, as in curl',
      collect,
    )
    .option('--cert <file>', "the client's certificate in PEM, for servers that ask for one")
    .option('--key <file>', 'its private key, without a passphrase (default: in --cert)');
}

/**
 * Folds these flags into options of an endpoint, files read.
 * @throws UsageError for a file that isn't there or holds something else.
 */
export async function wayOf({
  proxy,
  resolve,
  cert,
  key,
}: WayFlags): Promise<Pick<EndpointOptions, 'proxy' | 'resolve' | 'identity'>> {
  if (cert === undefined && key !== undefined) throw new UsageError('--key: goes with --cert');
  return {
    ...(proxy !== undefined && { proxy }),
    ...(resolve && { resolve }),
    ...(cert !== undefined && {
      identity: {
        cert: await readPem('--cert', cert, 'certificates', certificateBegin),
        key: await readPem(
          '--key',
          key ?? cert,
          'a private key',
          /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
        ),
      },
    }),
  };
}
