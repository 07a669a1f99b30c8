import { writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { UsageError } from '../../errors.ts';
import { builtinNames } from '../../scenario/builtin.ts';
import { describeScript } from '../../scenario/describe.ts';
import { expandScenario } from '../../scenario/expand.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { Script, Turn } from '../../scenario/script.ts';
import { scenarioTemplate } from '../../scenario/template.ts';
import { formatBytes } from '../../units.ts';

/** The action of `scenarios list`: prints the bundled scenarios, a row each. */
export async function listScenarios(): Promise<void> {
  const table = plainTable(['scenario', 'calls', 'context at the end', 'tool time', 'what it is']);
  for (const name of builtinNames) {
    const script = expandScenario(await loadScenario(name), 1);
    const { calls, lastContextBytes, toolTimeMs } = describeScript(script);
    table.push([
      name,
      String(calls),
      formatBytes(lastContextBytes),
      seconds(toolTimeMs),
      script.description,
    ]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

/** The flags of how `scenarios show` prints. */
export interface ShowFlags {
  seed: number;
  format: 'table' | 'json' | 'yaml';
  /** Short for the format. */
  json?: true;
}

/**
 * The action of `scenarios show`: prints a scenario turn by turn, or its whole script as JSON, or its file as it
 * stands.
 */
export async function showScenario(name: string, { seed, format, json }: ShowFlags): Promise<void> {
  const loaded = await loadScenario(name);
  const script = expandScenario(loaded, seed);
  const texts = {
    table: () => turnTable(script),
    json: () => `${JSON.stringify(script, null, 2)}\n`,
    yaml: () => loaded.text,
  };
  process.stdout.write(texts[json ? 'json' : format]());
}

/** The action of `scenarios validate`: checks files; the first bad one ends it with all of its problems. */
export async function validateScenarios(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const loaded = await loadScenario(file);
    const { turns, calls } = describeScript(expandScenario(loaded, 1));
    process.stdout.write(
      `${file}: valid, ${String(turns)} model calls, ${String(calls)} tool calls\n`,
    );
  }
}

/**
 * The action of `scenarios init`: writes a scenario to start from.
 * @throws UsageError if the file is there already or can't be written.
 */
export async function initScenario(file: string): Promise<void> {
  try {
    await writeFile(file, scenarioTemplate(), { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unwritable';
    const got = code === 'EEXIST' ? 'one that exists; name another' : code;
    throw new UsageError(`scenarios init: expected a new file, got ${file} (${got})`);
  }
  process.stdout.write(`${file} written; run it with: agent-latency-bench run ${file}\n`);
}

function turnTable(script: Script): string {
  const table = plainTable(['step', 'client sends', 'tool wait', 'model answers']);
  script.turns.forEach((turn, index) => {
    table.push([String(index + 1), clientPart(turn), waitOf(turn), modelPart(turn)]);
  });
  const about = describeScript(script);
  return `${script.name}: ${script.description}
${table.toString()}
Tools ${formatBytes(about.toolBytes)} with every request; first input ${formatBytes(about.firstInputBytes)}; context at the end ${formatBytes(about.lastContextBytes)}.
In all ${String(about.outputTokens)} output tokens and ${seconds(about.toolTimeMs)} of tool time (seed ${String(script.seed)}; a token is 4 bytes).
${compactionPart(script)}`;
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

function waitOf({ toolResults }: Turn): string {
  return toolResults.length === 0
    ? ''
    : seconds(Math.max(...toolResults.map(({ timeMs }) => timeMs)));
}

function modelPart({ model: { reasoning, text, calls } }: Turn): string {
  return [
    ...(reasoning === undefined ? [] : [`reasoning ${formatBytes(reasoning.length)}`]),
    ...(text === undefined ? [] : [`text ${formatBytes(text.length)}`]),
    ...calls.map((call) => `${call.name} ${formatBytes(call.arguments.length)}`),
  ].join(', ');
}

function plainTable(head: string[]): Table.Table {
  return new Table({ head, style: { head: [], border: [] } });
}

function seconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${String(ms)} ms`;
}
