import { recordOf } from '../is-record.ts';
import { closestName } from '../userfile/closest.ts';
import type { Path, Problem } from '../userfile/problem.ts';

/** Each has a connection of its own. */
const MAX_SIDE_BY_SIDE = 64;

/** Problems of a scenario's sub-agents: who starts whom. Reads the document as it is, and passes over what can't be read. */
export function subAgentProblems(scenario: Record<string, unknown>): Problem[] {
  const agents = Object.entries(recordOf(scenario['sub-agents']));
  const names = agents.map(([name]) => name);
  const starts = startsIn(scenario, []);
  const started = new Set(starts.map(({ name }) => name));
  return [
    ...starts
      .filter(({ name }) => !names.includes(name))
      .map((start) => unknownAgent(start, names)),
    ...crowdProblems(scenario),
    ...agents.flatMap(([name, session]) => [
      ...(started.has(name) ? [] : [idleAgent(name)]),
      ...leafProblems(recordOf(session), ['sub-agents', name]),
    ]),
  ];
}

interface Start {
  name: string;
  path: Path;
}

function startsIn(session: Record<string, unknown>, place: Path): Start[] {
  return listIn(session['steps']).flatMap((value, index) => {
    const step = [...place, 'steps', index];
    const { tool } = recordOf(value);
    const results: [Path, unknown][] = Array.isArray(tool)
      ? tool.map((each, at) => [[...step, 'tool', at], each])
      : [[[...step, 'tool'], tool]];
    return results.flatMap(([path, result]) => {
      const { agent } = recordOf(result);
      return typeof agent === 'string' ? [{ name: agent, path: [...path, 'agent'] }] : [];
    });
  });
}

function unknownAgent({ name, path }: Start, names: readonly string[]): Problem {
  const closest = closestName(name, names);
  const expected =
    names.length === 0
      ? 'a sub-agent, but `sub-agents` has none'
      : `one of the sub-agents ${names.join(', ')}`;
  const hint = closest === undefined ? '' : `; did you mean ${closest}?`;
  return { path, message: `expected ${expected}, got "${name}"${hint}` };
}

function crowdProblems(scenario: Record<string, unknown>): Problem[] {
  return listIn(scenario['steps']).flatMap((step, index) => {
    const { length } = startsIn({ steps: [step] }, []);
    if (length <= MAX_SIDE_BY_SIDE) return [];
    const message = `expected at most ${MAX_SIDE_BY_SIDE} sub-agents side by side, got ${length}`;
    return [{ path: ['steps', index, 'tool'], message }];
  });
}

function idleAgent(name: string): Problem {
  const message = `expected a result that it brings, such as tool: { output: …, agent: ${name} }, got none`;
  return { path: ['sub-agents', name], message, atKey: true };
}

/** A sub-agent starts no others, and has no user who thinks. */
function leafProblems(session: Record<string, unknown>, place: Path): Problem[] {
  const thinking = listIn(session['steps']).flatMap((step, index) =>
    recordOf(step)['think'] === undefined ? [] : [[...place, 'steps', index, 'think']],
  );
  return [
    ...startsIn(session, place).map(({ path }) => ({
      path,
      message: 'expected no sub-agent of a sub-agent, got one',
    })),
    ...thinking.map((path) => ({
      path,
      message: 'expected no pause of a user in a sub-agent, whom no user talks to, got one',
    })),
  ];
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
