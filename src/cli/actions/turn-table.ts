import Table from 'cli-table3';
import { describeScript } from '../../scenario/describe.ts';
import type { Script, Turn } from '../../scenario/script.ts';
import { formatBytes } from '../../units.ts';

/** More turns than this are drawn in groups, so that a whole session fits on a screen. */
const MAX_ROWS = 30;
/** The groups of a longer one. */
const GROUPS = 14;

/**
 * A script turn by turn, or a long one group by group, and its sums.
 * @param assumed what the recording that it was made from did not know
 * @param full a row for every turn
 */
export function turnTable(script: Script, assumed: readonly string[], full: boolean): string {
  const table =
    full || script.turns.length <= MAX_ROWS
      ? everyTurn(script.turns)
      : groupsOfTurns(script.turns, Math.ceil(script.turns.length / GROUPS));
  const about = describeScript(script);
  return `${script.name}: ${script.description}
${table}
Tools ${formatBytes(about.toolBytes)} with every request; first input ${formatBytes(about.firstInputBytes)}; context at the end ${formatBytes(about.lastContextBytes)}.
In all ${String(about.outputTokens)} output tokens and ${seconds(about.toolTimeMs)} of tool time (seed ${String(script.seed)}; a token is 4 bytes).
${compactionPart(script)}${assumed.length === 0 ? '' : `Assumed: ${assumed.join('; ')}.\n`}`;
}

/** A table without colours. */
export function plainTable(head: string[], chars: Table.TableConstructorOptions['chars'] = {}) {
  return new Table({ head, style: { head: [], border: [] }, chars });
}

/** A time as people read it. */
export function seconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${String(Math.round(ms))} ms`;
}

function everyTurn(turns: readonly Turn[]): string {
  const paced = turns.some(({ model }) => model.pace !== undefined);
  const table = plainTable([
    ...['step', 'client sends', 'tool wait', 'model answers'],
    ...(paced ? ['its pace'] : []),
  ]);
  turns.forEach((turn, index) => {
    const waits = turn.toolResults.length === 0 ? '' : seconds(waitMs(turn));
    table.push([
      ...[String(index + 1), clientPart(turn), waits, modelPart(turn)],
      ...(paced ? [pacePart(turn)] : []),
    ]);
  });
  return table.toString();
}

function groupsOfTurns(turns: readonly Turn[], size: number): string {
  const head = ['steps', 'client sends', 'tool wait', 'model answers'];
  // Without lines between the rows.
  const table = plainTable(head, { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' });
  for (let from = 0; from < turns.length; from += size) {
    const group = turns.slice(from, from + size);
    table.push([
      `${String(from + 1)}–${String(from + group.length)}`,
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
    ]);
  }
  return table.toString();
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

function compactionPart({ compactAboveBytes }: Script): string {
  if (compactAboveBytes === undefined) return '';
  return `The context is compacted (POST /responses/compact) before it would pass ${formatBytes(compactAboveBytes)}; the figures above are without that.
`;
}

function clientPart({ toolResults, user }: Turn): string {
  const parts = toolResults.map(({ output }) => `result ${formatBytes(Buffer.byteLength(output))}`);
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
