import { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';

/** A stream that unpacks Zstandard: Node's own, which has one from 22.15 on, or else one of fzstd. */
export function createUnzstd(): Transform {
  // The types of Node 20 don't have it.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  return createZstdDecompress?.() ?? unzstdByLibrary();
}

/** The same by fzstd alone. */
export function unzstdByLibrary(): Transform {
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(
        failureOf(() => {
          unpack.push(chunk);
        }),
      );
    },
    flush(done) {
      done(
        failureOf(() => {
          unpack.push(new Uint8Array(0), true);
        }),
      );
    },
  });
  // A copy: what it hands out is its window, which it goes on writing to.
  const unpack = new Decompress((unpacked) => stream.push(Buffer.from(unpacked)));
  return stream;
}

function failureOf(work: () => void): Error | null {
  try {
    work();
    return null;
  } catch (error) {
    return error as Error;
  }
}
