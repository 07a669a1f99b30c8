/** An element of DER (ITU-T X.690): its tag, its length, and its content. */
export function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(bytes)]), bytes]);
}

/** A SEQUENCE of elements. */
export function sequence(...elements: readonly Buffer[]): Buffer {
  return der(0x30, ...elements);
}

/** An OBJECT IDENTIFIER, given in its dotted form. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

/** Short up to 127, else the count of its own bytes first; nothing here reaches 64 KiB. */
function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

/** Seven bits a byte, the highest first; all but the last have the eighth bit set. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift(0x80 | (left & 0x7f));
  return bytes;
}
