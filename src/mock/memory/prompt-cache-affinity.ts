import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { randomAt } from '../../random.ts';

/**
 * The luck of new connections: a balancer may send one to a machine whose prompt cache has never seen the conversation. Its
 * first request then finds nothing there; later ones do, for the connection stays on that machine.
 * @param astray share of new connections that this happens to, drawn in the order in which they first ask
 * @returns whether a request over `connection` finds nothing
 */
export function createPromptCacheAffinity(
  astray: number,
  seed: number,
): (connection: object) => boolean {
  if (astray === 0) return () => false;
  const random = randomAt(seed, 'prompt cache affinity');
  const settled = new WeakSet<object>();
  return (connection) => {
    if (settled.has(connection)) return false;
    settled.add(connection);
    return uniformInt(random, 1, RESOLUTION) <= astray * RESOLUTION;
  };
}

const RESOLUTION = 2 ** 30;
