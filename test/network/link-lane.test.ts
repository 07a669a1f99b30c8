import { describe, expect, it } from 'vitest';
import { nowMs } from '../../src/network/deadline-timer.ts';
import { createLane } from '../../src/network/link-lane.ts';
import { plainLink } from '../../src/network/link-presets.ts';

it('is as late as the last of what it hands over together, not as the first', () => {
  const due: { dueMs: number; run: (nowMs: number) => void }[] = [];
  const timer = {
    set(dueMs: number, { run }: { run: (nowMs: number) => void }) {
      due.push({ dueMs, run });
    },
    tidy: () => undefined,
  };
  let received = 0;
  const lane = createLane(
    plainLink(1000),
    timer,
    () => 0,
    (data) => {
      received += data.length;
      return true;
    },
  );
  const sentMs = nowMs();
  lane.send([Buffer.from('a')], sentMs);
  lane.send([Buffer.from('b')], sentMs + 200);

  const [first] = due;
  first?.run(first.dueMs + 300);
  expect(received).toBe(2);
  expect(lane.lateMs()).toBeCloseTo(100);
});

describe('what is sent at once', () => {
  it.each([
    { bytes: 1_000, roundTrips: 0, why: 'goes into the first window' },
    { bytes: 40_000, roundTrips: 1, why: 'waits once for acknowledgements' },
    { bytes: 100_000, roundTrips: 2, why: 'waits twice' },
  ])('$bytes bytes, held up for $roundTrips round trips: $why', ({ bytes, roundTrips }) => {
    const RTT_MS = 1000;
    let run: ((nowMs: number) => void) | undefined;
    const timer = {
      set(_: number, task: { run: (nowMs: number) => void }) {
        ({ run } = task);
      },
      tidy: () => undefined,
    };
    const lane = createLane(
      plainLink(RTT_MS),
      timer,
      () => 0,
      () => true,
    );
    expect(lane.heldUpMs()).toBeNaN();
    const sentMs = nowMs();
    lane.send([Buffer.alloc(bytes)], sentMs);
    run?.(sentMs + 100 * RTT_MS);
    expect(lane.heldUpMs() / RTT_MS).toBeCloseTo(roundTrips, 1);
  });
});
