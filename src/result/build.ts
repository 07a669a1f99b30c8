import type { Histogram } from '../measure/histogram.ts';
import type { Attribution } from './attribution.ts';
import { armsOf } from './control.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { LoadFigures } from './load/schema.ts';
import type { RoundRecord } from './record.ts';
import {
  type Calibration,
  type Comparison,
  type Environment,
  RESULT_SCHEMA,
  type Result,
  type Run,
} from './schema.ts';
import { summariseTransport } from './summarise.ts';
import { warningsOf } from './warnings/found.ts';
import type { WarningFacts } from './warnings/kinds.ts';
import { wordWarning } from './warnings/words.ts';

/** The facts of a run when it ends. */
export interface ResultInput {
  toolVersion: string;
  /** The endpoint's URL may carry secrets: they are taken out here. */
  run: Omit<Run, 'fingerprint'>;
  environment: Environment;
  /** Measured rounds only: warm-up never gets here. */
  rounds: readonly RoundRecord[];
  /** Gaps between output deltas per transport, in µs. */
  interToken: Readonly<Record<string, Histogram>>;
  /** Between transports; `compareTransports` makes them from the rounds. */
  comparisons: readonly Comparison[];
  /** Of the base with itself, where it ran twice. */
  control?: Comparison;
  /** Where the time went; `attribute` makes it from the rounds. */
  attribution?: Attribution | null;
  /** What came of a load that was a rate; `loadFigures` makes it from the rounds. */
  load?: LoadFigures | undefined;
  /** Our own error, as measured before the run. */
  calibration: Calibration | null;
  /** What the run itself noticed; what the records show is added here. */
  warnings: readonly WarningFacts[];
}

/** The result document of a run. Pure: the same input gives the same document. */
export function buildResult(input: ResultInput): Result {
  const { toolVersion, environment, rounds, interToken, comparisons } = input;
  const run = { ...input.run, endpoint: withoutSecrets(input.run.endpoint) };
  return {
    schema: RESULT_SCHEMA,
    tool: { name: 'agent-latency-bench', version: toolVersion },
    run: { ...run, fingerprint: fingerprintOf(run, environment) },
    environment,
    transports: Object.fromEntries(
      armsOf(run.options).map((name) => [name, summariseTransport(name, rounds, interToken[name])]),
    ),
    rounds: [...rounds],
    comparisons: [...comparisons],
    ...(input.control && { control: input.control }),
    attribution: input.attribution ?? null,
    ...(input.load && { load: input.load }),
    calibration: input.calibration,
    warnings: [...input.warnings, ...warningsOf(run, rounds, environment.noise)].map(wordWarning),
  };
}

function withoutSecrets(endpoint: Run['endpoint']): Run['endpoint'] {
  const { origin, pathname } = new URL(endpoint.url);
  return { ...endpoint, url: origin + pathname };
}
