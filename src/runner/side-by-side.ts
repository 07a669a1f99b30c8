import { setMaxListeners } from 'node:events';
import { nowUs } from '../measure/clock.ts';
import { scaledWait } from '../measure/wait.ts';
import type { Turn } from '../scenario/script.ts';
import { type SubAgentStart, startsOf } from '../scenario/sub-agents.ts';
import {
  breakOff,
  type Played,
  type PlayedAgent,
  type PlayHost,
  type SessionSpec,
  unplayed,
} from './played.ts';
import type { StepTimes } from './step/times.ts';

/** How long a step was waited for before it began: for tools, and for sub-agents beyond that. */
export type Waited = Pick<StepTimes, 'toolTimeUs' | 'agentsUs'>;

/**
 * The tools and sub-agents of a turn, all side by side: the longest is waited for. Where a sub-agent doesn't come to its end the
 * others are called off, and so ends the session that waits.
 * @param play plays a session to its end
 * @throws the signal's reason if it aborts.
 */
export async function sideBySide(
  spec: SessionSpec,
  step: number,
  turn: Turn,
  host: PlayHost,
  played: Played,
  play: (spec: SessionSpec, host: PlayHost, played: Played) => Promise<void>,
): Promise<Waited> {
  const { toolTimeFactor: factor } = spec;
  const startUs = nowUs();
  const stop = new AbortController();
  const signal = AbortSignal.any([host.signal, stop.signal]);
  setMaxListeners(0, signal);

  async function runTools(): Promise<Ended> {
    const own = turn.toolResults.filter(({ agent }) => agent === undefined);
    await overOrCalledOff(toolWait({ toolResults: own }, factor, signal));
    return { agent: undefined, sessionUs: 0, atUs: nowUs() };
  }

  async function runAgent({ name, script, result }: SubAgentStart): Promise<Ended> {
    const agent: PlayedAgent = { ...unplayed(), name, step, awaited: false };
    played.agents.push(agent);
    const model = spec.model === spec.script.name ? script.name : spec.model;
    try {
      await play({ ...spec, script, model }, { ...host, signal }, agent);
    } catch (error) {
      if (signal.aborted) agent.state = 'aborted';
      else breakOff(agent, error);
    }
    const sessionUs = nowUs() - startUs;
    if (agent.state === 'completed') {
      await overOrCalledOff(scaledWait(result.timeMs, factor, signal));
    } else stop.abort();
    return { agent, sessionUs, atUs: nowUs() };
  }

  const all = await Promise.all([runTools(), ...startsOf(spec.script, turn).map(runAgent)]);
  host.signal.throwIfAborted();
  for (const agent of all.flatMap((each) => each.agent ?? [])) takeIn(agent, played);
  const last = all.reduce((latest, each) => (each.atUs > latest.atUs ? each : latest));
  if (last.agent) last.agent.awaited = true;
  return { toolTimeUs: last.atUs - startUs - last.sessionUs, agentsUs: last.sessionUs };
}

/** The wait for the tools of a turn: they run side by side, so it is the longest one's. Returns the time it really took. */
export function toolWait(
  { toolResults }: Pick<Turn, 'toolResults'>,
  factor: number,
  signal: AbortSignal,
): Promise<number> {
  const longestMs = Math.max(0, ...toolResults.map((result) => result.timeMs));
  return scaledWait(longestMs, factor, signal);
}

/** Something that ran beside others. */
interface Ended {
  /** Absent: the tools. */
  agent: PlayedAgent | undefined;
  /** From the beginning until the sub-agent's session had ended. */
  sessionUs: number;
  atUs: number;
}

/** What a sub-agent did is the session's deed too, and so is its failure; the first that failed says why. */
function takeIn(agent: PlayedAgent, played: Played): void {
  for (const gapUs of agent.gapsUs) played.gapsUs.push(gapUs);
  played.outcome.push(...agent.outcome);
  if (agent.state === 'completed' || played.state === 'failed') return;
  played.state = agent.state;
  if (agent.failure) played.failure = agent.failure;
}

async function overOrCalledOff(wait: Promise<number>): Promise<void> {
  await wait.catch(() => undefined);
}
