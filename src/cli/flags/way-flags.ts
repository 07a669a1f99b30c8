import type { EndpointOptions } from '../../app/options/endpoint.ts';
import type { FlagsOf } from '../../app/options/settings/index.ts';
import { UsageError } from '../../errors.ts';
import { certificateBegin, readPem } from './pem.ts';

/** The flags that say how an endpoint is reached, and as whom. */
type WayFlags = Pick<FlagsOf<'run'>, 'proxy' | 'resolve' | 'cert' | 'key'>;

/**
 * The options of an endpoint from these flags, files read.
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
