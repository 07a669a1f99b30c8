import { writeFile } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import { builtinNames } from '../../scenario/builtin.ts';
import { describeScript } from '../../scenario/describe.ts';
import { expandScenario } from '../../scenario/expand.ts';
import { loadScenario } from '../../scenario/load.ts';
import { scenarioTemplate } from '../../scenario/template.ts';
import { BYTES_PER_TOKEN, formatBytes } from '../../units.ts';
import { printTable } from '../terminal/print-table.ts';
import { seconds, turnTable } from '../words/turn-table.ts';

/** The cached context of a step of Claude Code and Codex at the median, 116k to 126k tokens (TraceLab, arXiv 2606.30560). */
const REAL_CONTEXT_BYTES = 121_000 * BYTES_PER_TOKEN;

/** The action of `scenarios list`: prints the bundled scenarios, a row each. */
export async function listScenarios(): Promise<void> {
  const rows: string[][] = [];
  for (const name of builtinNames) {
    const script = expandScenario(await loadScenario(name), 1);
    const { calls, lastContextBytes, toolTimeMs } = describeScript(script);
    const ofReal = `${((100 * lastContextBytes) / REAL_CONTEXT_BYTES).toFixed(0)} %`;
    const figures = [String(calls), formatBytes(lastContextBytes), ofReal, seconds(toolTimeMs)];
    rows.push([name, ...figures, script.description]);
  }
  const figures = ['calls', 'context', 'of real', 'tool time'];
  printTable({
    head: ['scenario', ...figures, 'what it is'],
    rows,
    figures,
    below: [
      'Calls of tools; context at the end, and as a share of what a step of 4,265 real sessions has at the median (TraceLab, 121k tokens); tool time in all. docs/workloads.md has more beside real sessions.',
    ],
  });
}

/** The flags of how `scenarios show` prints. */
export interface ShowFlags {
  seed: number;
  format: 'table' | 'json' | 'yaml';
  /** Short for the format. */
  json?: true;
  /** A line for every turn, however many there are. */
  full?: true;
}

/**
 * The action of `scenarios show`: prints a scenario turn by turn, or its whole script as JSON, or its file as it
 * stands.
 */
export async function showScenario(
  name: string,
  { seed, format, json, full }: ShowFlags,
): Promise<void> {
  const loaded = await loadScenario(name);
  const script = expandScenario(loaded, seed);
  const prints = {
    table: () => {
      printTable(turnTable(script, loaded.scenario.assumed, full === true));
    },
    json: () => process.stdout.write(`${JSON.stringify(script, null, 2)}\n`),
    yaml: () => process.stdout.write(loaded.text),
  };
  prints[json ? 'json' : format]();
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
