import Table from 'cli-table3';
import { type Estimate, estimateWorkflow } from '../../app/estimate.ts';
import { type BenchmarkOptions, resolveOptions } from '../../app/options/resolve.ts';
import { expandScenario } from '../../scenario/expand.ts';
import { loadScenario } from '../../scenario/load.ts';
import { formatBytes } from '../../units.ts';

/** What all scenarios over all transports and rounds would send, warm-up included. */
export async function plannedCost(
  scenarios: readonly string[],
  options: BenchmarkOptions,
): Promise<{ requests: number; inputTokens: number; outputTokens: number }> {
  const total = { requests: 0, inputTokens: 0, outputTokens: 0 };
  for (const scenario of scenarios) {
    for (const estimate of await estimates(scenario, options)) {
      total.requests += estimate.requests;
      total.inputTokens += estimate.inputTokens;
      total.outputTokens += estimate.outputTokens;
    }
  }
  return total;
}

/** The plan as a table: what would be sent if the model follows the script. */
export async function dryRun(
  scenarios: readonly string[],
  options: BenchmarkOptions,
): Promise<string> {
  const { iterations, stop, warmup, target } = await resolveOptions(options);
  const table = new Table({
    head: ['scenario', 'transport', 'requests', 'JSON sent', 'input tokens', 'output tokens'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
  });
  let compacts = false;
  for (const scenario of scenarios) {
    compacts ||= (await loadScenario(scenario)).scenario.compact !== undefined;
    for (const estimate of await estimates(scenario, options)) {
      table.push([
        scenario,
        estimate.transport,
        grouped(estimate.requests),
        formatBytes(estimate.payloadBytes),
        grouped(estimate.inputTokens),
        grouped(estimate.outputTokens),
      ]);
    }
  }
  const total = await plannedCost(scenarios, options);
  const to = target.kind === 'mock' ? 'the bundled mock server' : target.url.origin;
  return `Dry run: nothing is sent. To ${to}, over ${stop === undefined ? '' : 'at most '}${String(iterations)} measured and ${String(warmup)} warm-up rounds:
${table.toString()}
In all ${grouped(total.requests)} requests, ${grouped(total.inputTokens)} input and ${grouped(total.outputTokens)} output tokens, if the model follows the script.
Input tokens are the context that the model reads with every request, whatever part of it is sent; 4 bytes of its text count as a token.
${compacts ? 'Compaction is not counted: its requests come on top, and later contexts are shorter.\n' : ''}`;
}

async function estimates(name: string, options: BenchmarkOptions): Promise<Estimate[]> {
  const { transports, aa, iterations, warmup, seed, target } = await resolveOptions(options);
  const script = expandScenario(await loadScenario(name), seed);
  const model = target.kind === 'url' ? (target.model ?? script.name) : script.name;
  const rounds = iterations + warmup;
  return transports.map((transport) => {
    const one = estimateWorkflow(script, model, transport);
    const workflows = aa && transport === transports[0] ? 2 * rounds : rounds;
    return {
      transport,
      requests: one.requests * workflows,
      payloadBytes: one.payloadBytes * workflows,
      inputTokens: one.inputTokens * workflows,
      outputTokens: one.outputTokens * workflows,
    };
  });
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
