import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { aheadFrom } from '../compare/attribution/break-even.ts';
import { createModels } from '../mock/model/models.ts';
import type { Profile } from '../mock/profile/schema.ts';
import type { LinkSettings } from '../network/link-model.ts';
import { randomAt } from '../random.ts';
import { type TimePart, timeParts } from '../result/attribution.ts';
import type { Script } from '../scenario/script.ts';
import { type TransportName, transports } from '../transport/index.ts';
import { meanProfile } from './mean-profile.ts';
import { walkTogether } from './together.ts';
import { type TrafficStep, trafficOf } from './traffic.ts';
import type { Walked } from './walk.ts';

/** The conditions that a workflow is walked under. */
export interface Conditions {
  profile: Profile;
  /** Undefined where nothing lies between client and server. */
  link: LinkSettings | undefined;
  tls: boolean;
  /** Scripted tool times are multiplied by this. */
  toolTimeFactor: number;
  /** Of the link's jitter. */
  seed: number;
  /** So many share the server; what is told is the one in the middle. */
  sessions: number;
}

/** What one arm would take, in whole µs. */
export interface ArmEstimate {
  /** Sum of the parts. */
  e2eUs: number;
  /** Those that are not 0, by the names of an attribution. */
  parts: Partial<Record<TimePart, number>>;
  /** Every step's own time, the wait for tools left out. */
  stepsUs: number[];
  requests: number;
  connections: number;
  bytesSent: number;
  bytesReceived: number;
  /** Tokens of all prompts, which the model reads whatever part of them is sent. */
  inputTokens: number;
  /** Of these, those that the server had to render, as nothing that it held spared it. */
  tokensProcessed: number;
}

/** What one arm would gain on another. */
export interface EstimatedChange {
  base: string;
  candidate: string;
  /** Candidate minus base; negative: faster. */
  changeUs: number;
  changePercent: number;
  /** The step from which on the candidate is ahead and stays so, from 1; null: never. */
  fromStep: number | null;
}

/** An estimate of one workflow over several transports: under which conditions, and what came of it. */
export interface Estimate {
  scenario: string;
  steps: number;
  conditions: Conditions;
  /** By transport. */
  arms: Readonly<Record<string, ArmEstimate>>;
  /** Every other arm against the first, and against HTTP that keeps its connection. */
  changes: EstimatedChange[];
}

/**
 * A script made ready to be estimated under any number of conditions: what is said doesn't depend on how long it takes.
 * @param profile of the server: what it holds of a response, and what its prompt cache spares; its times are the conditions'
 */
export function estimator(
  script: Script,
  names: readonly TransportName[],
  profile: Profile,
): (conditions: Conditions) => Estimate {
  // What the model says is rendered once for all arms.
  const models = createModels([script]);
  const traffic = names.map((name) => trafficOf(script, transports[name], profile, models));
  return (conditions) => {
    const arms = names.map(
      (name, index) => [name, walked(name, traffic[index] ?? [], conditions)] as const,
    );
    return {
      scenario: script.name,
      steps: script.turns.length,
      conditions,
      arms: Object.fromEntries(arms),
      changes: changesOf(new Map<string, ArmEstimate>(arms)),
    };
  };
}

function walked(
  name: TransportName,
  traffic: ReturnType<typeof trafficOf>,
  { profile, link, tls, toolTimeFactor, seed, sessions }: Conditions,
): ArmEstimate {
  const random = randomAt(seed, 'estimated link');
  const way = {
    connector: transports[name].connection,
    jitter: () => uniformFloat64(random),
    ...{ link, tls, toolTimeFactor },
  };
  const walk = walkTogether(traffic, way, meanProfile(profile), sessions);
  return { ...inUs(walk), ...countsOf(traffic) };
}

type Counts = Pick<ArmEstimate, 'requests' | 'inputTokens' | 'tokensProcessed'>;

function countsOf(traffic: ReturnType<typeof trafficOf>): Counts {
  const exchanges = everyStep(traffic).flatMap((step) => step.exchanges);
  const layouts = exchanges.flatMap((each) => (each.kind === 'create' ? [each.layout] : []));
  return {
    requests: exchanges.length,
    inputTokens: layouts.reduce((sum, layout) => sum + layout.inputTokens, 0),
    tokensProcessed: layouts.reduce((sum, layout) => sum + layout.tokensProcessed, 0),
  };
}

/** Its own steps, and those of every sub-agent. */
function everyStep(traffic: readonly TrafficStep[]): TrafficStep[] {
  return traffic.flatMap((step) => [
    step,
    ...step.agents.flatMap((agent) => everyStep(agent.traffic)),
  ]);
}

/** Rounded along their running total, so that parts add up to the rounded whole. */
function inUs({ parts: exact, stepsMs, ...counts }: Walked): Omit<ArmEstimate, keyof Counts> {
  const { connections, bytesSent, bytesReceived } = counts;
  const parts: ArmEstimate['parts'] = {};
  let exactUs = 0;
  let e2eUs = 0;
  for (const part of timeParts) {
    exactUs += 1000 * (exact.get(part) ?? 0);
    const us = Math.round(exactUs) - e2eUs;
    if (us !== 0) parts[part] = us;
    e2eUs += us;
  }
  return {
    ...{ e2eUs, parts, stepsUs: stepsMs.map((ms) => Math.round(1000 * ms)) },
    ...{ connections, bytesSent, bytesReceived },
  };
}

function changesOf(arms: ReadonlyMap<string, ArmEstimate>): EstimatedChange[] {
  const [first = '', ...others] = arms.keys();
  return [...new Set([first, 'http-keepalive'])].flatMap((base) => {
    const before = arms.get(base);
    if (before === undefined) return [];
    return others.flatMap((candidate) => {
      const after = arms.get(candidate);
      return after === undefined || candidate === base
        ? []
        : [changeOf({ base, candidate }, before, after)];
    });
  });
}

function changeOf(
  names: Pick<EstimatedChange, 'base' | 'candidate'>,
  before: ArmEstimate,
  after: ArmEstimate,
): EstimatedChange {
  const changeUs = after.e2eUs - before.e2eUs;
  let leadUs = 0;
  const leads = after.stepsUs.map((us, step) => (leadUs += us - (before.stepsUs[step] ?? 0)));
  return {
    ...names,
    changeUs,
    changePercent: before.e2eUs === 0 ? 0 : (100 * changeUs) / before.e2eUs,
    fromStep: aheadFrom(leads),
  };
}
