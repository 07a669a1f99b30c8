import { BYTES_PER_TOKEN } from '../units.ts';
import type { Path, Problem } from '../userfile/problem.ts';
import type { Content, Size } from './content.ts';
import { listOf } from './list-of.ts';
import type { Scenario, Session } from './schema.ts';

const MAX_TURNS = 10_000;
const MAX_TEXT_MIB = 64;

/** Problems of a scenario that would grow beyond what fits in memory: `repeat` and sizes multiply. */
export function volumeProblems(scenario: Scenario): Problem[] {
  const agents = Object.entries(scenario['sub-agents'] ?? {});
  return [
    ...sessionProblems(scenario, []),
    ...agents.flatMap(([name, session]) => sessionProblems(session, ['sub-agents', name])),
  ];
}

function sessionProblems({ instructions, tools, steps }: Session, place: Path): Problem[] {
  let turns = 0;
  let bytes = tools.reduce((sum, { pad }) => sum + meanBytes(pad), meanBytes(instructions));
  for (const [index, step] of steps.entries()) {
    const path = [...place, 'steps', index];
    turns += step.repeat;
    if (turns > MAX_TURNS) {
      return [
        { path, message: `expected at most ${MAX_TURNS} turns in all, got ${turns} up to here` },
      ];
    }
    bytes += step.repeat * stepBytes(step);
    if (bytes > MAX_TEXT_MIB * 1024 ** 2) {
      const mib = Math.ceil(bytes / 1024 ** 2);
      const message = `expected at most ${MAX_TEXT_MIB} MiB of text in all, got ${mib} MiB up to here`;
      return [{ path, message }];
    }
  }
  return [];
}

function stepBytes({ user, tool, model }: Scenario['steps'][number]): number {
  const sizes: (Content | Size | undefined)[] = [
    user,
    model.reasoning,
    model.text,
    ...listOf(model.call),
    ...listOf(tool).map(({ output }) => output),
  ];
  return sizes.reduce((sum, size) => sum + meanBytes(size), 0);
}

function meanBytes(size: Content | Size | undefined): number {
  const amount = size?.tokens ?? size?.bytes ?? 0;
  const mean = typeof amount === 'number' ? amount : amount.mean;
  return size?.tokens === undefined ? mean : mean * BYTES_PER_TOKEN;
}
