import { type Oddity, oddities } from '../../measure/marks.ts';
import { signedPercent } from '../../units.ts';
import type { Warning } from '../schema.ts';
import type { BusyWorkers, FactsOf, WarningCode, WarningFacts } from './kinds.ts';

/** The warning that stands in a document: its facts in words, and beside them those that its kind records. */
export function wordWarning(facts: WarningFacts): Warning {
  const { recorded, words } = wording[facts.code] as Wording<WarningFacts>;
  const kept = Object.entries(facts).filter(([key]) => (recorded as string[]).includes(key));
  return { code: facts.code, message: words(facts), ...Object.fromEntries(kept) };
}

interface Wording<Facts> {
  /** The facts that a document keeps as keys of their own. */
  recorded: readonly KeyOf<Facts>[];
  words: (facts: Facts) => string;
}

type KeyOf<Facts> = Facts extends unknown ? Exclude<keyof Facts, 'code'> : never;

/** A row for each kind of warning: what it says, where a remedy is known that too. */
const wording: { readonly [Code in WarningCode]: Wording<FactsOf<Code>> } = {
  unfit: {
    recorded: ['utilisation', 'steps', 'stalledShare'],
    words: (facts) =>
      'utilisation' in facts
        ? `unfit: ${busyLoops(facts)}, so this generator was the limit, not the endpoint, and these are largely our own delays; ${relief(facts)}`
        : `unfit: ${stoodStill(facts)}, whoever took the processor: no difference is judged by such times; a quieter machine would tell`,
  },
  busy: {
    recorded: ['utilisation'],
    words: (facts) =>
      `${busyLoops(facts)} (above ${whole(facts.limit)} it shows in the samples); ${relief(facts)}`,
  },
  main_busy: {
    recorded: ['utilisation'],
    words: ({ utilisation }) =>
      `our main thread, which hands out the rounds, was busy ${whole(utilisation)} of the time, so sessions began late and there was less load than asked for: this generator was the limit, not the endpoint; spread the run over machines (--shard)`,
  },
  late_loop: {
    recorded: ['loopDelayP99Us'],
    words: ({ loopDelayP99Us }) =>
      `our own event loop was up to ${(loopDelayP99Us / 1000).toFixed(1)} ms late at the 99th percentile; run fewer rounds at once, on a quieter machine`,
  },
  stalled_steps: {
    recorded: ['steps', 'stalledShare'],
    words: (facts) => `${stoodStill(facts)}; steps.csv says which`,
  },
  stolen_cpu: {
    recorded: ['stolenShare'],
    words: ({ stolenShare }) =>
      `the host took ${whole(stolenShare)} of this machine's CPU time away during the run`,
  },
  outcomes_differ: {
    recorded: ['rounds'],
    words: ({ rounds, allRounds }) =>
      `in ${rounds} of ${allRounds} rounds the transports ended with different calls or texts: they did not do the same work`,
  },
  output_differs: {
    recorded: [],
    words: ({ least, most }) =>
      `the model wrote ${most.tokensPerWorkflow.toFixed(0)} tokens per workflow over ${most.transport} but ${least.tokensPerWorkflow.toFixed(0)} over ${least.transport}: part of the difference in time is the model's`,
  },
  residual: {
    recorded: ['transport', 'workflows', 'worstPercent'],
    words: ({ transport, workflows, allWorkflows, worstPercent }) =>
      `${transport}: in ${workflows} of ${allWorkflows} workflows the phases leave more than 1 % of the time unexplained (at worst ${worstPercent.toFixed(1)} %)`,
  },
  handshakes_paced: {
    recorded: ['transport', 'pacedUs'],
    words: ({ transport, pacedUs, totalUs }) =>
      `${transport}: ${percent(pacedUs / totalUs)} of the time went into waiting for our own limit on TLS handshakes; lower the concurrency`,
  },
  script_left: {
    recorded: ['transport', 'steps'],
    words: ({ transport, steps, allSteps }) =>
      `${transport}: the model left the script in ${steps} of ${allSteps} steps; steps.csv says where`,
  },
  clamped: {
    recorded: ['transport', 'workflows'],
    words: ({ transport, workflows }) =>
      `${transport}: ${workflows} workflows took more than an hour; metrics count them as one hour`,
  },
  fell_back: {
    recorded: ['transport', 'workflows'],
    words: ({ transport, workflows, allWorkflows }) =>
      `${transport}: ${workflows} of ${allWorkflows} workflows went on over HTTP because WebSocket was refused; their times are not WebSocket's`,
  },
  stray_events: {
    recorded: ['transport', 'events'],
    words: ({ transport, events }) =>
      `${transport}: ${events} events were overlooked that belonged to another answer or came after the end of theirs`,
  },
  overlooked: {
    recorded: ['transport', 'times'],
    words: ({ transport, times }) => {
      const list = oddities.flatMap((oddity) => {
        const count = times[oddity];
        return count === undefined ? [] : [`${count} ${oddityWords[oddity]}`];
      });
      return `${transport}: overlooked, as clients do: ${list.join('; ')}`;
    },
  },
  server_contradicted: {
    recorded: ['transport', 'steps'],
    words: ({ transport, steps, allSteps }) =>
      `${transport}: in ${steps} of ${allSteps} steps the server declared more time than passed; what it says of these is left out`,
  },
  drift: {
    recorded: ['transport', 'changePercent'],
    words: ({ transport, base, changePercent }) =>
      `${transport} against ${base} drifted by about ${changePercent.toFixed(1)} % from the first round to the last: the median is of a moving thing; look for what warms up or fills up, and run longer`,
  },
  rounds_correlate: {
    recorded: ['transport', 'lag1', 'worthRounds'],
    words: ({ transport, base, lag1, rounds, worthRounds }) =>
      `${transport} against ${base}: each round tells of the next (correlation ${lag1.toFixed(2)}), so these ${rounds} rounds are worth about ${worthRounds}, and the interval is too narrow; run more rounds, on a quieter machine`,
  },
  fell_behind: {
    recorded: ['transport', 'offeredPerSecond', 'completedPerSecond', 'growth'],
    words: ({ transport, offeredPerSecond, completedPerSecond, growth }) =>
      `${transport} fell behind: of ${perSecond(offeredPerSecond)} workflows per second ${completedPerSecond === null ? 'too few' : perSecond(completedPerSecond)} were done, and each second a workflow took ${growth.toFixed(2)} s longer from when it was due; how long in the end says how long the run went on, not how fast the endpoint is`,
  },
  held_back: {
    recorded: ['transport', 'workflows', 'mostOpen'],
    words: ({ transport, workflows, allWorkflows, mostOpen }) =>
      `${transport}: ${workflows} of ${allWorkflows} workflows began late, because ${mostOpen} sessions were open already (-c): that wait is on our side, in workflow_e2e and dispatch_delay, not in service_time`,
  },
  aa_differs: {
    recorded: [],
    words: ({ base, lowerRatio, upperRatio }) =>
      `${base} differs from itself (95 % interval ${signedPercent((lowerRatio - 1) * 100)} to ${signedPercent((upperRatio - 1) * 100)} %): chance does that in one run of 20; run again, and if it stays, believe no difference as small as that`,
  },
  redirected: {
    recorded: ['redirects'],
    words: ({ url }) =>
      `The endpoint sent us on to ${url}: the requests went straight there. A client that is given the first address pays for the way round with every request.`,
  },
  idle_cache_off: {
    recorded: ['kinds'],
    words: ({ kinds, profile }) =>
      `--cache-off ${kinds.join(',')} changes nothing: under the profile ${profile} no connection holds these, or nothing is charged for what they spare`,
  },
  history_unread: {
    recorded: [],
    words: ({ profile }) =>
      `The profile ${profile} charges for reading stored history alone, and none of these transports has the server store any: add http-chained (-t http-chained,ws)`,
  },
  unsupported: {
    recorded: ['transport'],
    words: ({ transport, provider, why }) =>
      `${transport}: unsupported by ${provider}, so it was not run: ${why}`,
  },
  field_refused: {
    recorded: ['field'],
    words: ({ field }) =>
      `The endpoint refuses ${field} with this model: once it had said so, requests went without it. --omit ${field} leaves it out from the start.`,
  },
  compressed_tool_time: {
    recorded: [],
    words: () =>
      'Tool waits were shortened: idle connections lose their congestion window in real waits, so kept-alive HTTP looks better here than it is on a real path.',
  },
  precision_missed: {
    recorded: [],
    words: ({ askedPercent, gotPercent, cap }) => {
      const got =
        gotPercent === null
          ? 'there are too few rounds for an interval'
          : `the widest interval is ±${gotPercent.toFixed(1)} %`;
      const reached = cap.kind === 'time' ? 'the time' : `${cap.maxRounds} rounds`;
      return `${got}, not ±${Number(askedPercent.toPrecision(3))} % as asked for: the cap of ${reached} came first`;
    },
  },
  baseline_missing: {
    recorded: [],
    words: ({ reason }) => `no baseline: ${reason}`,
  },
  baseline_unlike: {
    recorded: [],
    words: (facts) =>
      `not compared: the baseline measured something else (${listed(facts)}); --force compares anyway`,
  },
  advisory: {
    recorded: [],
    words: (facts) =>
      facts.forced
        ? `the two were not measured alike (${listed(facts)}): what follows only advises`
        : `the baseline is from another machine (${listed(facts)}): what follows only advises`,
  },
  not_interleaved: {
    recorded: [],
    words: () =>
      'the two runs were not interleaved: what drifted between them counts as a difference; gate --base-url … --url … measures both in one job',
  },
  too_few_rounds: {
    recorded: [],
    words: ({ pairs, comparisons, neededRounds }) =>
      `${pairs === 1 ? '1 pair' : `${pairs} pairs`} of rounds can't confirm a slowdown of any size in ${comparisons} comparisons: -n ${neededRounds} is the least`,
  },
  machines_differ: {
    recorded: ['machines'],
    words: ({ machines }) =>
      `merged from machines that are not alike (${machines.join('; ')}): transports are compared within a machine, but times of all of them stand in one distribution`,
  },
  shards_missing: {
    recorded: ['missing', 'count'],
    words: ({ missing, count }) =>
      `merged without ${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} of ${count}`,
  },
  shards_incomplete: {
    recorded: ['shards'],
    words: ({ shards }) => `merged from runs that are not complete: ${shards.join(', ')}`,
  },
  incomplete: {
    recorded: [],
    words: ({ stopReason = 'stopped' }) => `the run is not complete (${stopReason})`,
  },
  failed_workflows: {
    recorded: [],
    words: ({ transport, workflows, allWorkflows }) =>
      `${transport}: ${workflows} of ${allWorkflows} workflows failed; times are of those that completed`,
  },
};

const oddityWords: Readonly<Record<Oddity, string>> = {
  no_event: 'messages that are no events, such as heartbeats',
  binary_frame: 'binary frames',
  content_type: 'event streams without the content type of one',
  content_encoding: 'compressed answers, which were not asked for',
  no_end: '× the previous answer never ended, so that a step went over a fresh connection',
};

function busyLoops(facts: { utilisation: number; workers?: BusyWorkers }): string {
  const time = `${whole(facts.utilisation)} of the time`;
  if (facts.workers === undefined) return `our own event loop was busy ${time}`;
  const { which, of } = facts.workers;
  if (which.length === 1) return `our worker ${which.join()} of ${of} was busy ${time}`;
  return `our workers ${which.join(', ')} of ${of} were busy for up to ${time}`;
}

function relief({ workers }: { workers?: BusyWorkers }): string {
  return workers === undefined
    ? 'lower the concurrency, or spread it (--workers)'
    : 'lower the concurrency, or spread it over more workers or machines (--shard)';
}

function stoodStill({
  steps,
  allSteps,
  stalledShare,
}: Omit<FactsOf<'stalled_steps'>, 'code'>): string {
  return `our own event loop stood still for ${percent(stalledShare)} of the steps' time, in ${steps} of ${allSteps} steps`;
}

function listed({ differences }: Omit<FactsOf<'baseline_unlike'>, 'code'>): string {
  return differences
    .map(({ key, base, candidate }) => `${key} ${base}, now ${candidate}`)
    .join('; ');
}

function perSecond(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}

function whole(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
