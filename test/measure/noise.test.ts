import { describe, expect, it, onTestFinished } from 'vitest';
import { nowUs } from '../../src/measure/clock.ts';
import { watchNoise } from '../../src/measure/noise.ts';

function block(ms: number): void {
  for (const endUs = nowUs() + ms * 1000; nowUs() < endUs; );
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the noise watch', () => {
  it('sees how long the event loop stood still, and when', async () => {
    const watch = watchNoise();
    onTestFinished(() => {
      watch.stop();
    });
    await pause(20);
    const beforeUs = nowUs();
    block(40);
    const afterUs = nowUs();
    await pause(20);
    // The loop's next timer was due within the stall, so its last part is what is seen.
    expect(watch.stalledUs(beforeUs, afterUs)).toBeGreaterThan(30_000);
    expect(watch.stalledUs(beforeUs, afterUs)).toBeLessThanOrEqual(afterUs - beforeUs);
    expect(watch.stalledUs(beforeUs - 10_000_000, beforeUs - 5_000_000)).toBe(0);
    expect(watch.stop().loopDelayMaxUs).toBeGreaterThan(30_000);
  });

  it('tells a busy loop from a quiet one', async () => {
    // The quietest of some: a busy machine only adds.
    let idle = Infinity;
    for (let attempt = 0; attempt < 8; attempt++) {
      const quiet = watchNoise();
      await pause(60);
      idle = Math.min(idle, quiet.stop().utilisation);
    }
    const busy = watchNoise();
    for (let turn = 0; turn < 6; turn++) {
      block(10);
      await pause(1);
    }
    expect(busy.stop().utilisation).toBeGreaterThan(2 * idle);
  });

  it('ends once: a second stop tells the same', async () => {
    const watch = watchNoise();
    await pause(5);
    expect(watch.stop()).toBe(watch.stop());
  });
});
