import type { Writable } from 'node:stream';
import * as ws from 'ws';

/** Reads the text messages out of one direction of a WebSocket. */
export interface MessageReader {
  /** Resolves once every message that ends in the chunk was read: what is compressed takes turns of the event loop. */
  take(chunk: Buffer): Promise<void>;
}

/** The parts of ws that read frames, which its types leave out. */
interface FrameReaders {
  Receiver: new (options: object) => Writable;
  PerMessageDeflate: new (options: object, isServer: boolean) => Inflater;
}

interface Inflater {
  accept(configurations: readonly object[]): object;
}

const { Receiver, PerMessageDeflate } = ws as unknown as FrameReaders;

/** Longest message that is looked at. */
const MAX_MESSAGE_BYTES = 64 * 1024 ** 2;

/**
 * A reader of what one side sends, after the upgrade. Messages that can't be read are passed over, and all after them.
 * @param extensions that the server agreed to
 */
export function createMessageReader(
  from: 'client' | 'server',
  extensions: string,
  onText: (text: string) => void,
): MessageReader {
  const receiver = new Receiver({
    isServer: from === 'client',
    maxPayload: MAX_MESSAGE_BYTES,
    skipUTF8Validation: true,
    extensions: inflaterFor(from, extensions),
  });
  let isLost = false;
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) onText(data.toString('utf8'));
  });
  receiver.on('error', () => {
    isLost = true;
  });
  return {
    take(chunk) {
      if (isLost || receiver.destroyed) return Promise.resolve();
      return new Promise((resolve) => {
        // A copy: to unmask, the bytes are changed in place, and these are still on their way.
        receiver.write(Buffer.from(chunk), () => {
          resolve();
        });
      });
    },
  };
}

/** What undoes the compression of one side, as the server's answer has it. */
function inflaterFor(from: 'client' | 'server', extensions: string): object {
  if (!/^permessage-deflate\b/i.test(extensions)) return {};
  const inflater = new PerMessageDeflate({}, from === 'client');
  const parameters = Object.fromEntries(
    extensions
      .split(';')
      .slice(1)
      .map((parameter) => {
        const [name = '', value] = parameter.trim().split('=');
        return [name, [value === undefined ? true : value.replaceAll('"', '')]];
      }),
  );
  inflater.accept([parameters]);
  return { 'permessage-deflate': inflater };
}
