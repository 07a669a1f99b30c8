import type { Job } from '../../app/job.ts';
import type { ResolvedOptions } from '../../app/options/resolve.ts';
import { MAX_ROUNDS } from '../../app/options/stop.ts';
import { type PlannedTraffic, plannedTraffic } from '../../app/planned-traffic.ts';
import type { Script } from '../../scenario/script.ts';
import { formatBytes } from '../../units.ts';
import { printTable } from '../terminal/print-table.ts';

/** A scenario, and how it is to be run. */
export interface Planned {
  script: Script;
  options: ResolvedOptions;
}

/** The traffic of all of these over all transports and rounds, warm-up included; of one round where time ends them. */
export function plannedCost(planned: readonly Planned[]): {
  requests: number;
  inputTokens: number;
  outputTokens: number;
} {
  const total = { requests: 0, inputTokens: 0, outputTokens: 0 };
  for (const estimate of planned.flatMap(estimates)) {
    total.requests += estimate.requests;
    total.inputTokens += estimate.inputTokens;
    total.outputTokens += estimate.outputTokens;
  }
  return total;
}

/** Whether nothing but time, or a knee that is found, ends a run: then nobody knows how many rounds there are. */
export function endsByTime({ iterations }: ResolvedOptions): boolean {
  return iterations === MAX_ROUNDS;
}

/** Prints what would be sent if the model follows the script. */
export function dryRun(jobs: readonly [Job, ...Job[]]): void {
  const [{ options }] = jobs[0].sides;
  const { iterations, stop, warmup, target, unsupported } = options;
  const figures = ['requests', 'JSON sent', 'input tokens', 'output tokens'];
  const rows = jobs.flatMap(({ scenario, script }) =>
    estimates({ script, options }).map((estimate) => [
      scenario,
      estimate.transport,
      grouped(estimate.requests),
      formatBytes(estimate.payloadBytes),
      grouped(estimate.inputTokens),
      grouped(estimate.outputTokens),
    ]),
  );
  const total = plannedCost(jobs.map(({ script }) => ({ script, options })));
  const compacts = jobs.some(({ script }) => script.compactAboveBytes !== undefined);
  const to = target.kind === 'mock' ? 'the bundled mock server' : target.url.origin;
  const rounds = endsByTime(options)
    ? 'one round, and as many as there is time for'
    : `${stop === undefined ? '' : 'at most '}${String(iterations)} measured and ${String(warmup)} warm-up rounds`;
  printTable({
    above: [`Dry run: nothing is sent. To ${to}, over ${rounds}:`],
    head: ['scenario', 'transport', ...figures],
    rows,
    figures,
    below: [
      `${endsByTime(options) ? 'Each round' : 'In all'} ${grouped(total.requests)} requests, ${grouped(total.inputTokens)} input and ${grouped(total.outputTokens)} output tokens, if the model follows the script.`,
      'Input tokens are the context that the model reads with every request, whatever part of it is sent; 4 bytes of its text count as a token.',
      ...unsupported.map(
        ({ transport, why }) => `${transport}: unsupported, so it would not run: ${why}.`,
      ),
      ...(compacts
        ? ['Compaction is not counted: its requests come on top, and later contexts are shorter.']
        : []),
    ],
  });
}

function estimates({ script, options }: Planned): PlannedTraffic[] {
  const { transports, aa, iterations, warmup, target, request } = options;
  const model = target.kind === 'url' ? (target.model ?? script.name) : script.name;
  const rounds = endsByTime(options) ? 1 : iterations + warmup;
  return transports.map((transport) => {
    const one = plannedTraffic(script, model, transport, request);
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
