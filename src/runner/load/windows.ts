import type { Arrival } from './arrivals.ts';

/** A stretch of a load that every arm runs once, one after another. */
export interface ArrivalWindow {
  index: number;
  /** The rate that it was given, where it has one of its own. */
  perSecond?: number;
  /** Due so long after the window began. */
  arrivals: readonly Arrival[];
}

/** The windows of a load cut at every multiple of `windowUs`; those in which nothing arrives are left out. */
export function* windowsOf(
  arrivals: Iterable<Arrival>,
  windowUs: number,
): Generator<ArrivalWindow> {
  let index = 0;
  let own: Arrival[] = [];
  for (const { index: arrival, atUs } of arrivals) {
    const at = Math.floor(atUs / windowUs);
    if (at > index) {
      if (own.length > 0) yield { index, arrivals: own };
      index = at;
      own = [];
    }
    own.push({ index: arrival, atUs: atUs - index * windowUs });
  }
  if (own.length > 0) yield { index, arrivals: own };
}
