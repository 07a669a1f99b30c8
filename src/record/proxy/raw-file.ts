import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';

/** A file of what passes, words and all: a line of JSON for each piece of a body and each message. Headers are left out. */
export interface RawFile {
  /** A request, or a WebSocket, begins: what takes its pieces. */
  begin(carrier: 'http' | 'websocket'): (from: 'agent' | 'endpoint', data: Buffer | string) => void;
  /** Resolves once all of it is written, or to why a part could not be. */
  close(): Promise<string | undefined>;
}

/**
 * A new file that nobody but its owner can read.
 * @param force one that is there is written over
 * @throws UsageError if there can be none
 */
export async function openRawFile(path: string, force: boolean): Promise<RawFile> {
  const handle = await open(path, force ? 'w' : 'wx', 0o600).catch(
    (error: NodeJS.ErrnoException) => {
      const got = error.code === 'EEXIST' ? 'one that exists' : (error.code ?? 'none');
      throw new UsageError(`--raw: expected a new file that can be written, got ${path} (${got})`);
    },
  );
  // One that was there keeps its own mode otherwise; a device is nobody's.
  if ((await handle.stat()).isFile()) await handle.chmod(0o600);
  const stream = handle.createWriteStream();
  let failure: NodeJS.ErrnoException | undefined;
  stream.on('error', (error) => (failure = error));
  const startMs = performance.now();
  let begun = 0;
  return {
    begin(carrier) {
      begun += 1;
      const id = begun;
      return (from, data) => {
        if (failure !== undefined) return;
        const ms = Number((performance.now() - startMs).toFixed(3));
        stream.write(`${JSON.stringify({ ms, carrier, id, from, ...contentOf(data) })}\n`);
      };
    },
    async close() {
      if (failure === undefined) {
        stream.end();
        await once(stream, 'close').catch(() => undefined);
      }
      return failure && (failure.code ?? failure.message);
    },
  };
}

/** As text where it is some, which a piece that ends within a character isn't. */
function contentOf(data: Buffer | string): { text: string } | { base64: string } {
  if (typeof data === 'string') return { text: data };
  return isUtf8(data) ? { text: data.toString() } : { base64: data.toString('base64') };
}
