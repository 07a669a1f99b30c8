import { idleKinds } from '../../mock/profile/cache-off.ts';
import { loadProfile } from '../../mock/profile/load.ts';
import { cacheKinds } from '../../mock/profile/stages.ts';
import { type MockOptions, startMock } from '../../mock/server.ts';
import { isLoopback } from '../../mock/wire/host.ts';
import { wordWarning } from '../../result/warnings/words.ts';
import { type ServeFlags, serveOptions } from '../flags/serve-options.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { writeCertificate } from '../terminal/write-certificate.ts';

/** How long responses under way may take to end once the server is told to. */
const DRAIN_TIMEOUT_MS = 5000;

/** The action of `serve`: serves until Ctrl-C or SIGTERM; the first line on stdout says where. */
export async function serveAction(flags: ServeFlags): Promise<void> {
  const options = await serveOptions(flags);
  await interruptible(async (signal) => {
    const mock = await startMock(options);
    try {
      if (flags.tlsCaOut !== undefined && mock.ca !== undefined) {
        await writeCertificate(flags.tlsCaOut, mock.ca);
      }
      const idle = await idleCacheOff(options);
      if (idle !== undefined) process.stderr.write(`note: ${idle}\n`);
      if (!isLoopback(options.host ?? '127.0.0.1')) process.stderr.write(openToAll(options));
      process.stdout.write(`listening on ${mock.url}\n`);
      await aborted(signal);
    } finally {
      await mock.drain(DRAIN_TIMEOUT_MS);
    }
  });
}

/** What was switched off in vain, in words; undefined where nothing was, or all was. */
async function idleCacheOff({
  profile = 'fast',
  cacheOff = [],
}: MockOptions): Promise<string | undefined> {
  const loaded = await loadProfile(profile);
  const kinds = idleKinds(loaded, cacheOff);
  if (kinds.length === 0 || cacheOff.length === cacheKinds.length) return undefined;
  return wordWarning({ code: 'idle_cache_off', kinds, profile: loaded.name }).message;
}

function openToAll({ host = '', apiKey }: MockOptions): string {
  const remedy = apiKey === undefined ? '; --api-key-env demands a key' : '';
  return `warning: every machine that reaches ${host} can use this server${remedy}\n`;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
