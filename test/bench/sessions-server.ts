import { once } from 'node:events';
import { type MockOptions, startMock } from '../../src/mock/server.ts';

/*
 * Forked by a benchmark with --expose-gc: the mock, which collects its garbage when asked and says what memory is left.
 * V8 gives memory back when it sees fit; without the collection we would measure its mood.
 */

/** Sent in answer to any message after the options, in bytes. */
export interface MemoryReport {
  resident: number;
  /** On the heap, and outside of it in its name. */
  used: number;
}

const [options] = (await once(process, 'message')) as [MockOptions];
const { url } = await startMock(options);
process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const report: MemoryReport = { resident: rss, used: heapUsed + external };
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
process.send?.({ url });
