import { type Journal, startJournal } from '../../result/journal.ts';
import type { RunHooks, SideName } from './hooks.ts';

/** Hooks that keep a run's journal. */
export interface JournalHooks {
  hooks: Required<Pick<RunHooks, 'onBegin' | 'onRound'>>;
  /** The code of the error that ended a journal early. */
  failure(): string | undefined;
  /** Ends the journals; one without a round goes. */
  close(): void;
}

/** A journal for each side of a run, in the side's folder: a line for every round that ended, before the next begins. */
export function keepJournals(folderOf: (side: SideName | undefined) => string): JournalHooks {
  const journals = new Map<SideName | undefined, Journal>();
  let unmade: string | undefined;
  return {
    hooks: {
      onBegin({ side, header }) {
        try {
          journals.set(side, startJournal(folderOf(side), header));
        } catch (error) {
          unmade = (error as NodeJS.ErrnoException).code ?? 'unwritable';
        }
      },
      onRound({ side, ...entry }) {
        journals.get(side)?.append(entry);
        return undefined;
      },
    },
    failure: () => unmade ?? [...journals.values()].find(({ failure }) => failure)?.failure,
    close() {
      for (const journal of journals.values()) journal.close();
      journals.clear();
    },
  };
}
