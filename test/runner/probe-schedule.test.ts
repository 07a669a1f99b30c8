import { describe, expect, it } from 'vitest';
import { createProbeSchedule } from '../../src/runner/recovery/probe-schedule.ts';

/** A schedule with a cool-down of 30 on a clock that only the test moves. */
function scheduleAt() {
  const clock = { now: 1000 };
  return { clock, schedule: createProbeSchedule(30, () => clock.now) };
}

describe('when WebSocket may be tried', () => {
  it('is always, until an upgrade is refused', () => {
    const { schedule } = scheduleAt();
    expect([schedule.mayTry(), schedule.mayTry()]).toEqual([true, true]);
  });

  it('is after the cool-down, by one session', () => {
    const { clock, schedule } = scheduleAt();
    schedule.refused();
    clock.now += 29;
    expect(schedule.mayTry()).toBe(false);
    clock.now += 1;
    expect([schedule.mayTry(), schedule.mayTry()]).toEqual([true, false]);
  });

  it('is for everybody once that one got through', () => {
    const { clock, schedule } = scheduleAt();
    schedule.refused();
    clock.now += 30;
    schedule.mayTry();
    schedule.opened();
    expect([schedule.mayTry(), schedule.mayTry()]).toEqual([true, true]);
  });

  it('is a cool-down after the next refusal', () => {
    const { clock, schedule } = scheduleAt();
    schedule.refused();
    clock.now += 40;
    schedule.mayTry();
    clock.now += 10;
    schedule.refused();
    clock.now += 29;
    expect(schedule.mayTry()).toBe(false);
    clock.now += 1;
    expect(schedule.mayTry()).toBe(true);
  });

  it('is a cool-down later where the one that was let through never came back', () => {
    const { clock, schedule } = scheduleAt();
    schedule.refused();
    clock.now += 30;
    schedule.mayTry();
    clock.now += 29;
    expect(schedule.mayTry()).toBe(false);
    clock.now += 1;
    expect(schedule.mayTry()).toBe(true);
  });
});
