import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createInflate, createUnzip } from 'node:zlib';
import { EndpointFailure } from '../failure.ts';
import { limitAnswer } from './limit-answer.ts';
import type { ResponseReader } from './reader.ts';

/** What is there before a stream is cut off is read, as far as it goes. */
const tolerant = { finishFlush: constants.Z_SYNC_FLUSH };

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createUnzip(tolerant),
  'x-gzip': () => createUnzip(tolerant),
  deflate: () => createInflate(tolerant),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};

/** A reader that also takes an answer whose content is compressed, which nobody asked for; `told` hears of it. */
export function decodeAnswer(reader: ResponseReader, told: () => void): ResponseReader {
  /** Absent where nothing is compressed, null where nothing can be read. */
  let decoder: Transform | null | undefined;
  const limited = limitAnswer(reader, () => decoder?.destroy());

  return {
    start(status, headers) {
      reader.start(status, headers);
      const coding = String(headers['content-encoding'] ?? '').toLowerCase();
      if (coding === '' || coding === 'identity') return;
      told();
      decoder = decoders[coding]?.() ?? null;
      if (decoder === null) {
        reader.fail(unreadable(`the answer is encoded as ${coding}, which was not asked for`));
        return;
      }
      decoder.on('data', (chunk: Buffer) => {
        limited.data(chunk);
      });
      decoder.once('end', () => {
        reader.end();
      });
      decoder.once('error', (cause) => {
        reader.fail(unreadable(`the answer is not ${coding}, as it says: ${cause.message}`, cause));
      });
    },
    data(chunk) {
      if (decoder === undefined) reader.data(chunk);
      else decoder?.write(chunk);
    },
    end() {
      if (decoder === undefined) reader.end();
      else decoder?.end();
    },
    fail(error) {
      decoder?.destroy();
      reader.fail(error);
    },
  };
}

function unreadable(message: string, cause?: Error): EndpointFailure {
  return new EndpointFailure('protocol', message, { code: 'content_encoding', cause });
}
