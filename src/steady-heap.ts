import { setFlagsFromString } from 'node:v8';

/**
 * Node's option that keeps V8 from taking a process for idle. One that allocates little for 8 s has its whole heap
 * collected, three times over, and its young generation shrunk to a sixteenth, so that from there on every few steps
 * of a workflow have a collection of their own. A process that waits for round trips looks idle and isn't.
 */
export const STEADY_HEAP_FLAG = `--gc-memory-reducer-start-delay-ms=${2 ** 31 - 1}`;

/**
 * The same for this process. To be called before the bulk of the program is loaded: V8 counts from its first full
 * collection, which falls there.
 */
export function keepHeapSteady(): void {
  setFlagsFromString(STEADY_HEAP_FLAG);
}
