import { describe, expect, it } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { calibrate } from '../../src/app/calibrate/calibrate.ts';
import { nowUs } from '../../src/measure/clock.ts';

describe('calibration', () => {
  it('finds the error of every instrument, and none reads early', async () => {
    const { instruments, noiseFloorUs, clockResolutionUs } = await calibrate();
    expect(Object.keys(instruments)).toEqual([
      'toolWait',
      'firstToken',
      'tokenGap',
      'linkRoundTrip',
    ]);
    expect(clockResolutionUs).toBeGreaterThan(0);
    for (const { samples, p99ErrorUs } of Object.values(instruments)) {
      expect(samples).toBeGreaterThan(5);
      expect(p99ErrorUs).toBeGreaterThan(0);
    }
    // Waits and pacing go by absolute deadlines: late if at all.
    expect(instruments['toolWait']?.biasUs).toBeGreaterThanOrEqual(0);
    expect(instruments['firstToken']?.biasUs).toBeGreaterThan(0);
    expect(noiseFloorUs).toBeGreaterThanOrEqual(instruments['firstToken']?.biasUs ?? NaN);
  });

  it('ends with the signal, and leaves no mock behind', async () => {
    const controller = new AbortController();
    const running = calibrate({ signal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error('enough'));
    }, 30);
    await expect(running).rejects.toThrow('enough');
  });
});

describe('the noise guard', () => {
  it('speaks up when our own process blocks its event loop for 5 ms about once per step', async () => {
    let planting: NodeJS.Timeout | undefined;
    const planted = await runBenchmark({
      scenario: 'quick',
      transports: ['ws'],
      iterations: 2,
      warmup: 0,
      calibrate: false,
      onStart: () => {
        planting = setInterval(() => {
          for (const endUs = nowUs() + 5000; nowUs() < endUs; );
        }, 25);
      },
    }).finally(() => {
      clearInterval(planting);
    });
    const codes = planted.warnings.map(({ code }) => code);
    expect(
      codes.some((code) => ['stalled_steps', 'late_loop', 'busy', 'unfit'].includes(code)),
    ).toBe(true);
    const steps = planted.rounds.flatMap(({ workflows }) => workflows['ws']?.steps ?? []);
    expect(steps.some((step) => (step.stalledUs ?? 0) > 0)).toBe(true);
  });
});
