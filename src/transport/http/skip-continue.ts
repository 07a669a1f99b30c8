import type { Socket } from 'node:net';

const HEAD = Buffer.from('HTTP/1.1 100');
const END = Buffer.from('\r\n\r\n');
const MAX_HELD_BYTES = 16 * 1024;

/**
 * Takes `100 Continue` out of what a socket reads before an answer: servers send it unasked, clients must overlook it
 * (RFC 9110, section 15.2), and undici hangs up on it. It hands on no other way to read than `read`, so that is wrapped.
 *
 * @returns to be called when another request goes out
 */
export function skipContinue(socket: Socket): () => void {
  const read = socket.read.bind(socket) as () => Buffer | null;
  let atHead = true;
  /** What may be the beginning of one. */
  let held: Buffer | undefined;

  socket.read = (): Buffer | null => {
    for (;;) {
      const chunk = read();
      if (!atHead || chunk === null) return chunk;
      const text: Buffer = held === undefined ? chunk : Buffer.concat([held, chunk]);
      held = undefined;
      const rest = afterContinue(text);
      if (rest === undefined && text.byteLength <= MAX_HELD_BYTES) {
        held = text;
      } else if (rest?.byteLength !== 0) {
        atHead = false;
        return rest ?? text;
      }
    }
  };
  return () => {
    atHead = true;
  };
}

/** What comes after every `100 Continue`; undefined while more must come to tell. */
function afterContinue(text: Buffer): Buffer | undefined {
  const known = Math.min(text.byteLength, HEAD.byteLength);
  if (!text.subarray(0, known).equals(HEAD.subarray(0, known))) return text;
  if (text.byteLength === 0) return text;
  const end = text.indexOf(END);
  return end === -1 ? undefined : afterContinue(text.subarray(end + END.byteLength));
}
