import { describeScript } from '../../scenario/describe.ts';
import type { Script, Turn } from '../../scenario/script.ts';
import { startsOf } from '../../scenario/sub-agents.ts';
import { formatBytes } from '../../units.ts';
import type { PrintedTable } from '../terminal/print-table.ts';

/** More turns than this are drawn in groups, so that a whole session fits on a screen. */
const MAX_ROWS = 30;
/** The groups of a longer one. */
const GROUPS = 14;

/**
 * A script turn by turn, or a long one group by group, and its sums.
 * @param assumed what the recording that it was made from did not know
 * @param full a row for every turn
 */
export function turnTable(script: Script, assumed: readonly string[], full: boolean): PrintedTable {
  const { turns, compactAboveBytes } = script;
  const isShort = full || turns.length <= MAX_ROWS;
  const about = describeScript(script);
  return {
    above: [`${script.name}: ${script.description}`],
    ...(isShort ? everyTurn(turns) : groupsOfTurns(turns, Math.ceil(turns.length / GROUPS))),
    below: [
      `Tools ${formatBytes(about.toolBytes)} with every request; first input ${formatBytes(about.firstInputBytes)}; context at the end ${formatBytes(about.lastContextBytes)}.`,
      `In all ${String(about.outputTokens)} output tokens and ${seconds(about.toolTimeMs)} of tool time${about.thinkMs > 0 ? `, beside ${seconds(about.thinkMs)} in which the user thinks` : ''} (seed ${String(script.seed)}; a token is 4 bytes).`,
      ...agentLines(script),
      ...(compactAboveBytes === undefined
        ? []
        : [
            `The context is compacted (POST /responses/compact) before it would pass ${formatBytes(compactAboveBytes)}; the figures above are without that.`,
          ]),
      ...(assumed.length === 0 ? [] : [`Assumed: ${assumed.join('; ')}.`]),
    ],
  };
}

/** A line for each kind of sub-agent, and what all of them are in the sums above. */
function agentLines(script: Script): string[] {
  const starts = script.turns.flatMap((turn) => startsOf(script, turn));
  return Object.entries(script.agents ?? {}).map(([name, agent]) => {
    const about = describeScript(agent);
    const times = starts.filter((start) => start.name === name).length;
    return `Sub-agent ${name}, started ${times === 1 ? 'once' : `${String(times)} times`} and counted above: ${String(about.turns)} model calls, ${String(about.calls)} tool calls; context at the end ${formatBytes(about.lastContextBytes)}; ${seconds(about.toolTimeMs)} of tool time.`;
  });
}

type Turns = Pick<PrintedTable, 'head' | 'rows' | 'figures'>;

/** A time as people read it. */
export function seconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${String(Math.round(ms))} ms`;
}

function everyTurn(turns: readonly Turn[]): Turns {
  const paced = turns.some(({ model }) => model.pace !== undefined);
  return {
    head: ['step', 'client sends', 'tool wait', 'model answers', ...(paced ? ['its pace'] : [])],
    rows: turns.map((turn, index) => [
      String(index + 1),
      clientPart(turn),
      turn.toolResults.length === 0 ? '' : seconds(waitMs(turn)),
      modelPart(turn),
      ...(paced ? [pacePart(turn)] : []),
    ]),
    figures: ['step', 'tool wait'],
  };
}

function groupsOfTurns(turns: readonly Turn[], size: number): Turns {
  const groups = Array.from({ length: Math.ceil(turns.length / size) }, (_, group) =>
    turns.slice(group * size, (group + 1) * size),
  );
  return {
    head: ['steps', 'client sends', 'tool wait', 'model answers'],
    rows: groups.map((group, index) => [
      `${String(index * size + 1)}–${String(index * size + group.length)}`,
      sums({
        results: group.flatMap(({ toolResults }) => toolResults.map(({ output }) => output)),
        users: group.flatMap(({ user }) => user ?? []),
      }),
      seconds(group.reduce((sum, turn) => sum + waitMs(turn), 0)),
      sums({
        reasoning: group.flatMap(({ model }) => model.reasoning ?? []),
        texts: group.flatMap(({ model }) => model.text ?? []),
        calls: group.flatMap(({ model }) => model.calls.map((call) => call.arguments)),
      }),
    ]),
    figures: ['steps', 'tool wait'],
  };
}

/** Of each kind, how many and how large: `3 results 1.2 KB`. */
function sums(kinds: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(kinds)
    .filter(([, texts]) => texts.length > 0)
    .map(([name, texts]) => {
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      return `${String(texts.length)} ${texts.length === 1 ? name.replace(/s$/, '') : name} ${formatBytes(bytes)}`;
    })
    .join(', ');
}

function clientPart({ toolResults, user }: Turn): string {
  const parts = toolResults.map(
    ({ output, agent }) => `${agent ?? 'result'} ${formatBytes(Buffer.byteLength(output))}`,
  );
  if (user !== undefined) parts.push(`user ${formatBytes(Buffer.byteLength(user))}`);
  return parts.join(', ');
}

/** The waits of parallel calls overlap. */
function waitMs({ toolResults }: Turn): number {
  return Math.max(0, ...toolResults.map(({ timeMs }) => timeMs));
}

function modelPart({ model: { reasoning, text, calls } }: Turn): string {
  return [
    ...(reasoning === undefined ? [] : [`reasoning ${formatBytes(Buffer.byteLength(reasoning))}`]),
    ...(text === undefined ? [] : [`text ${formatBytes(Buffer.byteLength(text))}`]),
    ...calls.map((call) => `${call.name} ${formatBytes(Buffer.byteLength(call.arguments))}`),
  ].join(', ');
}

function pacePart({ model: { pace } }: Turn): string {
  return [
    ...(pace?.firstTokenMs === undefined ? [] : [`first ${seconds(pace.firstTokenMs)}`]),
    ...(pace?.tokensPerSecond === undefined
      ? []
      : [`${String(Math.round(pace.tokensPerSecond))}/s`]),
  ].join(', ');
}
