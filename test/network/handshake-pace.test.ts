import { describe, expect, it } from 'vitest';
import { nowUs } from '../../src/measure/clock.ts';
import { handshakeTurn } from '../../src/network/handshake-pace.ts';

const never = new AbortController().signal;

describe('the pace of TLS handshakes', () => {
  it('lets the first few begin at once and the others one after another', async () => {
    const startUs = nowUs();
    let atOnce = true;
    setImmediate(() => {
      atOnce = false;
    });
    const begun = await Promise.all(
      Array.from({ length: 24 }, async () => {
        await handshakeTurn(never);
        return { atOnce, afterUs: nowUs() - startUs };
      }),
    );
    expect(begun.slice(0, 8).every((turn) => turn.atOnce)).toBe(true);
    // 16 beyond the burst, 1.25 ms apart.
    expect(begun.at(-1)?.afterUs).toBeGreaterThanOrEqual(16 * 1250);
  });

  it('gives up its wait when the signal aborts', async () => {
    const controller = new AbortController();
    const turns = Array.from({ length: 40 }, () => handshakeTurn(controller.signal));
    controller.abort(new Error('enough'));
    const ends = await Promise.allSettled(turns);
    expect(ends.at(-1)).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
  });

  it('gives it up at once, not when its turn would have come', async () => {
    const controller = new AbortController();
    const earlier = Array.from({ length: 100 }, () => handshakeTurn(never)).at(-1);
    const called = handshakeTurn(controller.signal);
    controller.abort(new Error('enough'));
    const first = await Promise.race([
      earlier?.then(() => 'the turn before it'),
      called.catch((error: unknown) => (error as Error).message),
    ]);
    expect(first).toBe('enough');
  });
});
