import { createHash } from 'node:crypto';
import type { LoadedScenario } from './load.ts';

/**
 * SHA-256 (hexadecimal) of what a scenario says and does, the text of its files included. Comments, layout, the order of
 * keys, YAML or JSON, and the description for people make no difference.
 */
export function sha256OfScenario({ scenario, files }: LoadedScenario): string {
  const { name, instructions, tools, compact, steps, 'sub-agents': agents } = scenario;
  // Validation has put the schema's keys into the schema's order.
  const definition = JSON.stringify([
    ...[name, instructions, tools, steps, [...files]],
    // Only where it is asked for: other scenarios keep the digest that they had before there was compaction, or sub-agents.
    ...(compact === undefined ? [] : [{ compact }]),
    ...(agents === undefined ? [] : [{ agents }]),
  ]);
  return createHash('sha256').update(definition).digest('hex');
}
