import { constants, deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createObservation } from '../../src/record/proxy/observation.ts';
import { createSocketTap } from '../../src/record/proxy/socket-tap.ts';

const UPGRADED =
  'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n';
/** Ends what a compressor flushes, and is left out of a message (RFC 7692, section 7.2.1). */
const TAIL_BYTES = 4;

/** A whole text message as a server writes it (RFC 6455, section 5.2). */
function frameOf(payload: Buffer, compressed: boolean): Buffer {
  const head = Buffer.alloc(10);
  head[0] = compressed ? 0xc1 : 0x81;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.byteLength), 2);
  return Buffer.concat([head, payload]);
}

/** The same as a client writes it: masked, here by nothing. */
function masked(frame: Buffer): Buffer {
  const copy = Buffer.from(frame);
  copy[1] = 0xff;
  return Buffer.concat([copy.subarray(0, 10), Buffer.alloc(4), copy.subarray(10)]);
}

function compressed(text: string): Buffer {
  const whole = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return frameOf(whole.subarray(0, whole.byteLength - TAIL_BYTES), true);
}

it('an answer that is read at once is not read before the request that has yet to be unpacked', async () => {
  const observation = createObservation('it', false);
  const tap = createSocketTap(observation);
  const rounds = 5;
  tap.received(Buffer.from(UPGRADED));
  for (let round = 0; round < rounds; round++) {
    const input = 'a long conversation '.repeat(50_000);
    tap.sent(masked(compressed(JSON.stringify({ type: 'response.create', model: 'x', input }))));
    const response = { id: `resp_${round}`, status: 'completed', output: [] };
    tap.received(
      frameOf(Buffer.from(JSON.stringify({ type: 'response.completed', response })), false),
    );
  }
  tap.closed();
  await observation.settled();
  expect(observation.traffic()).toMatchObject({ requests: { websocket: rounds }, failed: 0 });
});
