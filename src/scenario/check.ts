import { isRecord, recordOf } from '../is-record.ts';
import { BYTES_PER_TOKEN } from '../units.ts';
import { closestName } from '../userfile/closest.ts';
import type { Path, Problem } from '../userfile/problem.ts';
import { argumentProblems, extendLastString } from './arguments.ts';
import { subAgentProblems } from './check-sub-agents.ts';

/**
 * Problems that a schema can't see: whether every call is answered and every tool exists. Reads the document as it is,
 * so that it finds its problems even where the schema has others; what can't be read is passed over.
 */
export function checkScenario(document: unknown): Problem[] {
  const scenario = recordOf(document);
  const agents = Object.entries(recordOf(scenario['sub-agents']));
  return [
    ...sessionProblems(scenario, []),
    ...agents.flatMap(([name, session]) =>
      sessionProblems(recordOf(session), ['sub-agents', name]),
    ),
    ...subAgentProblems(scenario),
  ];
}

function sessionProblems(session: Record<string, unknown>, place: Path): Problem[] {
  const tools = new Map<string, unknown>();
  const problems = listIn(session['tools']).flatMap((tool, index): Problem[] => {
    const { name, parameters } = recordOf(tool);
    if (typeof name !== 'string') return [];
    if (tools.has(name)) {
      const message = `expected a name of its own for every tool, got "${name}" again`;
      return [{ path: [...place, 'tools', index, 'name'], message }];
    }
    tools.set(name, parameters);
    return [];
  });
  const steps = listIn(session['steps']).map((step, index) =>
    outlineOf(step, [...place, 'steps', index]),
  );
  return [
    ...problems,
    ...steps.flatMap((step) => callProblems(step, tools)),
    ...orderProblems(steps),
  ];
}

/** What of a step matters to its neighbours; undefined where it can't be told. */
interface StepOutline {
  path: Path;
  results: number | undefined;
  calls: number | undefined;
  callList: { path: Path; value: Record<string, unknown> }[];
  hasUser: boolean;
  repeats: boolean;
}

function outlineOf(value: unknown, path: Path): StepOutline {
  const step = isRecord(value) ? value : undefined;
  const model = isRecord(step?.['model']) ? step['model'] : undefined;
  const call = model?.['call'];
  const callPath = [...path, 'model', 'call'];
  return {
    path,
    results: step && countOf(step['tool']),
    // Without call and text nobody knows which was meant.
    calls: call === undefined && model?.['text'] === undefined ? undefined : countOf(call),
    callList: Array.isArray(call)
      ? call.map((each, index) => ({ path: [...callPath, index], value: recordOf(each) }))
      : [{ path: callPath, value: recordOf(call) }],
    hasUser: step?.['user'] !== undefined || step === undefined,
    repeats: Number(step?.['repeat']) > 1,
  };
}

function countOf(value: unknown): number | undefined {
  if (value === undefined) return 0;
  if (Array.isArray(value)) return value.length;
  return isRecord(value) ? 1 : undefined;
}

function callProblems(step: StepOutline, tools: ReadonlyMap<string, unknown>): Problem[] {
  return step.callList.flatMap(({ path, value }) => {
    const name = value['tool'];
    if (typeof name !== 'string') return [];
    if (!tools.has(name)) return [{ path: [...path, 'tool'], message: unknownTool(name, tools) }];
    const given = value['arguments'] ?? {};
    const parameters = tools.get(name);
    const problems = argumentProblems(given, parameters, [...path, 'arguments']);
    return problems.length > 0 ? problems : lengthProblems(value, given, parameters, path);
  });
}

function unknownTool(name: string, tools: ReadonlyMap<string, unknown>): string {
  const names = [...tools.keys()];
  const closest = closestName(name, names);
  const expected =
    names.length === 0 ? 'a tool, but `tools` has none' : `one of the tools ${names.join(', ')}`;
  return `expected ${expected}, got "${name}"${closest === undefined ? '' : `; did you mean ${closest}?`}`;
}

/** A call's size needs a string to lengthen, and arguments that are not too long already. */
function lengthProblems(
  call: Record<string, unknown>,
  given: unknown,
  parameters: unknown,
  path: Path,
): Problem[] {
  const key = call['tokens'] === undefined ? 'bytes' : 'tokens';
  const amount = call[key];
  if (amount === undefined || typeof given !== 'object') return [];
  if (extendLastString(given, parameters, (text) => text) === undefined) {
    const message = 'expected a string among the arguments that can be lengthened, got none';
    return [{ path: [...path, key], message, atKey: true }];
  }
  if (typeof amount !== 'number') return [];
  const bytes = key === 'tokens' ? amount * BYTES_PER_TOKEN : amount;
  const givenBytes = Buffer.byteLength(JSON.stringify(given));
  if (givenBytes <= bytes) return [];
  const message = `expected at least the ${givenBytes} bytes that the arguments have as JSON, got ${bytes}`;
  return [{ path: [...path, key], message }];
}

/** Every step must answer the one before: calls by their results, text by the user. */
function orderProblems(steps: readonly StepOutline[]): Problem[] {
  return steps.flatMap((step, index) => {
    const before = index === 0 ? noCalls : steps[index - 1]?.calls;
    return [
      ...answerProblems(step, before, index === 0 ? 'first' : 'step before'),
      ...(step.repeats ? answerProblems(step, step.calls, 'repetition before') : []),
      ...(index === steps.length - 1 ? endProblems(step) : []),
    ];
  });
}

const noCalls = 0;

function answerProblems(
  step: StepOutline,
  calls: number | undefined,
  before: 'first' | 'step before' | 'repetition before',
): Problem[] {
  const problems: Problem[] = [];
  if (calls === undefined || step.results === undefined) return problems;
  if (calls !== step.results) {
    const path = step.results === 0 ? step.path : [...step.path, 'tool'];
    const reason =
      before === 'first'
        ? 'because no call comes before the first step'
        : `one for each call of the ${before}`;
    const results = calls === 1 ? '1 result' : `${calls === 0 ? 'no' : calls} results`;
    problems.push({ path, message: `expected ${results}, ${reason}, got ${step.results}` });
  }
  if (calls === 0 && !step.hasUser) {
    const reason =
      before === 'first' ? 'to open the session' : `because the ${before} ends with text`;
    problems.push({ path: step.path, message: `expected user, ${reason}, got none` });
  }
  return problems;
}

function endProblems({ calls, path }: StepOutline): Problem[] {
  if (calls === undefined || calls === 0) return [];
  const message = 'expected the last step to end with text, got calls that nothing answers';
  return [{ path: [...path, 'model', 'call'], message }];
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
