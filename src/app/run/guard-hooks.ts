/** The hooks of a caller, held so that what they throw isn't taken for a failure of ours. */
export interface GuardedHooks {
  /** The hook, which now ends the run where it throws; one that isn't there answers nothing. */
  guarded: <Event, Answer>(
    hook: ((event: Event) => Answer) | undefined,
  ) => (event: Event) => Answer | undefined;
  /** Throws what a hook threw first, if any did. */
  rethrow: () => void;
}

/** @param end ends the run */
export function guardHooks(end: () => void): GuardedHooks {
  const thrown: unknown[] = [];
  return {
    guarded: (hook) => (event) => {
      try {
        return hook?.(event);
      } catch (error) {
        thrown.push(error);
        end();
        return undefined;
      }
    },
    rethrow() {
      if (thrown.length > 0) throw thrown[0];
    },
  };
}
