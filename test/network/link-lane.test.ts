import { expect, it } from 'vitest';
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
