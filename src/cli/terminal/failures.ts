import type { WorkflowEvent } from '../../app/run/hooks.ts';

/** The failures of a run's sessions, each kind once. */
export interface Failures {
  add(event: Pick<WorkflowEvent, 'side' | 'transport' | 'failure'>): void;
  /** The first one, in words. */
  first(): string | undefined;
  /** A line for each kind that `told` doesn't hold: where it happened, and what the endpoint said. */
  lines(told: string): string;
}

const MOST_LINES = 5;

/** No failures yet. Their words go to the terminal and nowhere else. */
export function createFailures(): Failures {
  const kinds = new Map<string, Kind>();
  return {
    add({ side, transport, failure: words }) {
      if (words === undefined) return;
      const key = keyOf(words);
      const kind = kinds.get(key) ?? { words, places: new Set() };
      kinds.set(key, kind);
      kind.places.add(side === undefined ? transport : `${transport} (${side})`);
    },
    first: () => [...kinds.values()][0]?.words,
    lines(told) {
      const untold = [...kinds.values()].filter(({ words }) => !told.includes(words));
      const more = untold.length - MOST_LINES;
      return [
        ...untold.slice(0, MOST_LINES).map(lineOf),
        ...(more > 0 ? [`failed: in ${more} other ways\n`] : []),
      ].join('');
    },
  };
}

interface Kind {
  /** Of the first one. */
  words: string;
  places: Set<string>;
}

function lineOf({ words, places }: Kind): string {
  return `failed: ${[...places].join(', ')}: ${words}\n`;
}

/** Ids and figures make no other kind, a status or code does. */
function keyOf(words: string): string {
  const [facts = '', ...said] = words.split(': ');
  return JSON.stringify([facts, said.join().replaceAll(/[\w-]*\d[\w-]*/g, '#')]);
}
