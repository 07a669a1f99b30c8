import { createDeadlineHeap } from '../deadline-heap.ts';
import { createLatencyEngine } from '../mock/latency/engine.ts';
import type { Profile } from '../mock/profile/schema.ts';
import type { Arrival } from './line.ts';
import type { TrafficStep } from './traffic.ts';
import { type Walked, type Way, walkWorkflow } from './walk.ts';

type Walk = ReturnType<typeof walkWorkflow>;

/**
 * The one in the middle of so many workflows that share a server, by their time. They begin one after another, evenly over the time that
 * one takes alone, so that the server sees as much work at any time as if each were followed by the next.
 */
export function walkTogether(
  traffic: readonly TrafficStep[],
  way: Omit<Way, 'startMs'>,
  profile: Profile,
  sessions: number,
): Walked {
  const [alone] = walkAll(traffic, way, profile, [0]);
  if (alone === undefined) throw new Error('a workflow did not come to its end');
  if (sessions === 1) return alone;
  const starts = Array.from({ length: sessions }, (_, index) => (index / sessions) * alone.e2eMs);
  const byTime = walkAll(traffic, way, profile, starts).sort((a, b) => a.e2eMs - b.e2eMs);
  return byTime[sessions >> 1] ?? alone;
}

/** Requests are answered in the order in which they arrive: that decides who waits for a place to decode. */
function walkAll(
  traffic: readonly TrafficStep[],
  way: Omit<Way, 'startMs'>,
  profile: Profile,
  starts: readonly number[],
): Walked[] {
  let clockMs = 0;
  const engine = createLatencyEngine(profile, undefined, () => clockMs);
  const arrivals = createDeadlineHeap<{ walk: Walk; arrival: Arrival }>();
  const walked: Walked[] = [];

  function goOn(walk: Walk, place: ReturnType<Walk['next']>): void {
    if (place.done === true) walked.push(place.value);
    else arrivals.push(place.value.atMs, { walk, arrival: place.value });
  }

  for (const startMs of starts) {
    const walk = walkWorkflow(traffic, { ...way, startMs });
    goOn(walk, walk.next());
  }
  for (let first = arrivals.peek(); first !== undefined; first = arrivals.peek()) {
    arrivals.pop();
    clockMs = first.dueMs;
    const { walk, arrival } = first.value;
    goOn(walk, walk.next(engine.time(arrival.work)));
  }
  return walked;
}
