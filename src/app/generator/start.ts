import type { Generator, GeneratorHost } from './generator.ts';
import type { LoadPlan } from './plan.ts';
import { generateHere } from './this-thread.ts';
import { generateOnWorkers } from './workers.ts';

/**
 * A generator that is ready to run the sessions of this plan: in this thread, or from two workers on in these.
 * @throws RunError if a worker can't be started
 */
export async function startGenerator(
  plan: LoadPlan,
  workers: number,
  host: GeneratorHost,
): Promise<Generator> {
  return workers === 1 ? generateHere(plan, host) : generateOnWorkers(plan, workers, host);
}
