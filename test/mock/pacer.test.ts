import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDeadlineHeap } from '../../src/deadline-heap.ts';
import { createPacer } from '../../src/mock/deliver/pacer.ts';

it('the heap gives back deadlines in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (deadlines) => {
      const heap = createDeadlineHeap<number>();
      for (const due of deadlines) heap.push(due, due);
      const popped: number[] = [];
      for (let first = heap.peek(); first; first = heap.peek()) {
        popped.push(first.value);
        heap.pop();
      }
      expect(popped).toEqual(deadlines.toSorted((a, b) => a - b));
    }),
  );
});

describe('pacer', () => {
  it('hands over what is already due before play returns, without a timer', () => {
    const ranges: [number, number][] = [];
    createPacer(() => 100).play([0, 50, 100], (from, to) => {
      ranges.push([from, to]);
      return to;
    });
    expect(ranges).toEqual([[0, 3]]);
  });

  it('is never early, and plays every event of every stream once and in order', async () => {
    const pacer = createPacer();
    const start = performance.now();
    const streams = Array.from({ length: 20 }, (_, stream) =>
      Array.from({ length: 25 }, (__, event) => start + stream * 0.13 + event * 1.7),
    );
    const lateMs: number[] = [];
    const played = await Promise.all(
      streams.map(
        (dueMs) =>
          new Promise<number[]>((resolve) => {
            const order: number[] = [];
            pacer.play(dueMs, (from, to) => {
              for (let index = from; index < to; index++) {
                lateMs.push(performance.now() - (dueMs[index] ?? 0));
                order.push(index);
              }
              if (to === dueMs.length) resolve(order);
              return to;
            });
          }),
      ),
    );
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
    for (const order of played) expect(order).toEqual(streams[0]?.map((_, index) => index));
  });

  it('rests while the receiver is full and goes on where it stopped', () => {
    const taken: number[] = [];
    let room = 2;
    const playback = createPacer(() => 1).play([0, 0, 0, 0], (from, to) => {
      let next = from;
      while (next < to && room-- > 0) taken.push(next++);
      return next;
    });
    expect(taken).toEqual([0, 1]);
    room = 10;
    playback.resume();
    expect(taken).toEqual([0, 1, 2, 3]);
    playback.resume();
    expect(taken).toEqual([0, 1, 2, 3]);
  });

  it('a stopped stream says nothing more, and the others go on', async () => {
    const pacer = createPacer();
    const now = performance.now();
    let stopped = 0;
    const playback = pacer.play([now + 1, now + 5], (_, to) => {
      stopped++;
      return to;
    });
    playback.stop();
    await new Promise<void>((resolve) => {
      pacer.play([now + 2, now + 10], (_, to) => {
        if (to === 2) resolve();
        return to;
      });
    });
    expect(stopped).toBe(0);
  });

  it.each([
    { what: 'far off: a timer', inMs: [60_000, 50_000, 70_000] },
    { what: 'near: a nap', inMs: [1.5, 1.2, 1.8] },
  ])('waits for all streams together, and for none once all are stopped ($what)', ({ inMs }) => {
    const alarms = () =>
      process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate/.test(kind)).length;
    const before = alarms();
    // The clock stands, so that nothing falls due.
    const pacer = createPacer(() => 1000);
    const playbacks = inMs.map((ms) => pacer.play([1000 + ms], (_, to) => to));
    expect(alarms()).toBe(before + 1);
    for (const playback of playbacks) playback.stop();
    expect(alarms()).toBe(before);
  });

  it('tells how long after its deadline each event was handed over, the handing over included', () => {
    let now = 100;
    const lateMs: number[] = [];
    const pacer = createPacer(
      () => now,
      (late) => lateMs.push(late),
    );
    pacer
      .play([90, 95, 100, 5000], (_, to) => {
        now += 3;
        return to;
      })
      .stop();
    expect(lateMs).toEqual([13, 8, 3]);
  });

  it('tells nothing of events that a full receiver left, until it takes them', () => {
    let room = 1;
    const lateMs: number[] = [];
    const pacer = createPacer(
      () => 10,
      (late) => lateMs.push(late),
    );
    const playback = pacer.play([4, 7], (from, to) => Math.min(to, from + room));
    expect(lateMs).toEqual([6]);
    room = 2;
    playback.resume();
    expect(lateMs).toEqual([6, 3]);
  });

  it('lets other work be done between its naps', async () => {
    const pacer = createPacer();
    let turns = 0;
    const count = (): void => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    await new Promise<void>((resolve) => {
      const now = performance.now();
      const dueMs = Array.from({ length: 200 }, (_, event) => now + event);
      pacer.play(dueMs, (_, to) => {
        if (to === dueMs.length) resolve();
        return to;
      });
    });
    clearImmediate(immediate);
    expect(turns).toBeGreaterThan(5);
  });
});
