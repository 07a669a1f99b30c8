import type { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import zlib from 'node:zlib';
import { createUnzstd } from '../../unzstd.ts';

/** Makes text of the bytes of a body. */
export interface Decoder {
  take(chunk: Buffer): void;
  /** All that came has been told. */
  ended(): Promise<void>;
}

/**
 * A decoder of one `Content-Encoding`; of one that it doesn't know, or that is broken, nothing is told.
 * @param onText told of each piece as soon as it can be read
 */
export function createDecoder(encoding: string, onText: (text: string) => void): Decoder {
  const characters = new StringDecoder('utf8');
  if (encoding === '' || encoding === 'identity') {
    return {
      take(chunk) {
        onText(characters.write(chunk));
      },
      ended: () => Promise.resolve(),
    };
  }
  const unpack = unpackers[encoding]?.();
  if (unpack === undefined) return { take: () => undefined, ended: () => Promise.resolve() };
  const done = new Promise<void>((resolve) => {
    unpack
      .on('close', resolve)
      .on('end', resolve)
      .on('error', () => {
        resolve();
      });
  });
  unpack.on('data', (chunk: Buffer) => {
    onText(characters.write(chunk));
  });
  return {
    take(chunk) {
      if (!unpack.destroyed) unpack.write(chunk);
    },
    ended() {
      if (!unpack.destroyed) unpack.end();
      return done;
    },
  };
}

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  zstd: createUnzstd,
};
