import type { Duplex } from 'node:stream';
import type { ResponseLayout } from '../answer/response-layout.ts';
import { type Staging, stage } from '../answer/staging.ts';
import { timingEvent } from '../answer/timing-report.ts';
import { deliver } from '../deliver/deliver.ts';
import type { InFlight } from '../deliver/in-flight.ts';
import type { Pacer, Playback } from '../deliver/pacer.ts';
import type { Faults } from '../fault/faults.ts';

/** The responses of one connection that are on their way out, one a lane. */
export interface Player {
  /** Sends a response event by event, as a fault would have it; `over` is never told of one that stalls. */
  play(
    layout: ResponseLayout,
    lane: string | undefined,
    over: (ending: Exclude<Staging['ending'], 'stall'>) => void,
  ): void;
  /** Sends nothing more. */
  stop(): void;
}

/** @param wantsTiming whether a timing event goes before the last one */
export function createPlayer(
  {
    pacer,
    faults,
    inFlight,
    identity,
  }: { pacer: Pacer; faults: Faults; inFlight: InFlight; identity: string },
  socket: Duplex,
  send: (json: string, lane: string | undefined) => void,
  wantsTiming: boolean,
): Player {
  const playing = new Map<string | undefined, { playback: Playback; end: () => void }>();
  return {
    play(layout, lane, over) {
      const end = inFlight.begin();
      const fault = faults.stream('ws');
      const { frames, dueMs, faultAt, ending } = stage(layout, fault);
      const startMs = performance.now();
      const due = dueMs.map((ms) => startMs + ms);
      const write = (index: number): void => {
        const event = frames[index];
        if (wantsTiming && event === layout.frames.at(-1))
          send(timingEvent(layout, identity), lane);
        if (event !== undefined) send(event.json, lane);
        if (index === faultAt) fault?.inject();
      };
      const state = { over: false };
      const done = (): void => {
        if (ending === 'stall') return;
        state.over = true;
        playing.delete(lane);
        end();
        over(ending);
      };
      if (due.length === 0) {
        done();
        return;
      }
      const playback = deliver(pacer, socket, due, write, done);
      if (!state.over) playing.set(lane, { playback, end });
    },
    stop() {
      for (const { playback, end } of playing.values()) {
        playback.stop();
        end();
      }
      playing.clear();
    },
  };
}
