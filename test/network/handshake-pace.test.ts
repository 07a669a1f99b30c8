import { describe, expect, it } from 'vitest';
import { handshakeTurn } from '../../src/network/handshake-pace.ts';

const never = new AbortController().signal;

describe('the pace of TLS handshakes', () => {
  it('lets the first few begin at once and the others one after another', async () => {
    const waitsUs = await Promise.all(Array.from({ length: 24 }, () => handshakeTurn(never)));
    const first = Math.max(...waitsUs.slice(0, 8));
    const last = waitsUs.at(-1) ?? NaN;
    // 16 beyond the burst, 1.25 ms apart.
    expect(last).toBeGreaterThanOrEqual(15 * 1250);
    expect(first).toBeLessThan(last / 4);
  });

  it('gives up its wait when the signal aborts', async () => {
    const controller = new AbortController();
    const turns = Array.from({ length: 40 }, () => handshakeTurn(controller.signal));
    controller.abort(new Error('enough'));
    const ends = await Promise.allSettled(turns);
    expect(ends.at(-1)).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
  });
});
