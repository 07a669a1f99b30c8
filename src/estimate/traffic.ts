import type { ResponseLayout } from '../mock/answer/response-layout.ts';
import type { Work } from '../mock/latency/engine.ts';
import { FIRST_OUTPUT_SEQUENCE_NUMBER } from '../mock/model/event-writer.ts';
import type { Models } from '../mock/model/models.ts';
import type { Profile } from '../mock/profile/schema.ts';
import type { CreateRequest } from '../protocol/request.ts';
import { startConversation } from '../runner/request/conversation.ts';
import type { Script } from '../scenario/script.ts';
import { startsOf } from '../scenario/sub-agents.ts';
import { connectors } from '../transport/connectors.ts';
import { type TransportPolicy } from '../transport/index.ts';
import { frameOf } from '../transport/ws/websocket.ts';
import { type Answer, createAnswers } from './answers.ts';

/** A request for an answer, and that: what is said, not when. */
export interface Create {
  kind: 'create';
  requestBytes: number;
  work: Work;
  events: readonly AnswerEvent[];
  layout: Pick<ResponseLayout, 'responseId' | 'inputTokens' | 'outputTokens' | 'tokensProcessed'>;
}

/** A request for a shorter conversation, and that. */
export interface Compact {
  kind: 'compact';
  requestBytes: number;
  answerBytes: number;
}

/** An event of an answer: bytes of its JSON, and the output token that it comes with; null where it comes before them. */
interface AnswerEvent {
  type: string;
  bytes: number;
  token: number | null;
}

/** A step of a workflow: the wait for tools before it, and what goes to and fro. */
export interface TrafficStep {
  toolTimeMs: number;
  /** What the user thinks before that, which is not the workflow's time. */
  thinkMs: number;
  exchanges: readonly (Create | Compact)[];
  /** Sub-agents that run side by side before it, each with the time that its result takes after its session. */
  agents: readonly { traffic: readonly TrafficStep[]; afterMs: number }[];
}

/** All that one session says and hears over a transport, if the model follows the script; no connection, no clock. */
export function trafficOf(
  script: Script,
  policy: TransportPolicy,
  profile: Profile,
  models: Models,
): TrafficStep[] {
  const { carrier, keepsSession } = connectors[policy.connection];
  const answers = createAnswers(models, luckOf(profile, policy), keepsSession);
  const conversation = startConversation(script, script.name, policy);
  const textOf = carrier === 'websocket' ? frameOf : JSON.stringify;
  const agents = new Map(
    Object.values(script.agents ?? {}).map((agent) => [
      agent,
      trafficOf(agent, policy, profile, models),
    ]),
  );

  function create(request: CreateRequest): { said: Create; answer: Answer } {
    const requestBytes = Buffer.byteLength(textOf(request));
    const answer = answers.create(request);
    const { layout: whole, work } = answer;
    const { responseId, inputTokens, outputTokens, tokensProcessed } = whole;
    // Not the texts of its events, of which there are thousands.
    const layout = { responseId, inputTokens, outputTokens, tokensProcessed };
    return {
      said: { kind: 'create', requestBytes, work, events: eventsOf(whole), layout },
      answer,
    };
  }

  return script.turns.map((turn, index) => {
    const exchanges: (Create | Compact)[] = [];
    conversation.begin(turn);
    if (policy.warm && index === 0) {
      const { said } = create(conversation.warmUp());
      conversation.warmedUp(said.layout.responseId);
      exchanges.push(said);
    }
    const { compactAboveBytes = Infinity } = script;
    if (compactAboveBytes < Infinity && conversation.historyBytes() > compactAboveBytes) {
      const request = conversation.compaction();
      const { json, output } = answers.compact(request);
      exchanges.push({
        kind: 'compact',
        requestBytes: Buffer.byteLength(JSON.stringify(request)),
        answerBytes: Buffer.byteLength(json),
      });
      conversation.replaceHistory(output);
    }
    const { said, answer } = create(conversation.request(policy.context));
    conversation.absorb(answer.output, said.layout.responseId);
    exchanges.push(said);
    return {
      toolTimeMs: Math.max(
        0,
        ...turn.toolResults.flatMap(({ timeMs, agent }) => (agent === undefined ? timeMs : [])),
      ),
      thinkMs: turn.thinkMs ?? 0,
      exchanges,
      agents: startsOf(script, turn).map((start) => ({
        traffic: agents.get(start.script) ?? [],
        afterMs: start.result.timeMs,
      })),
    };
  });
}

/** On the average, where every request may reach a machine that has never seen the conversation. */
function luckOf(profile: Profile, { connection }: TransportPolicy): Profile {
  const { promptCache } = profile;
  if (promptCache?.astray === undefined || connection !== 'per-call') return profile;
  const { share, afterTools = share, astray } = promptCache;
  const found = 1 - astray;
  return {
    ...profile,
    promptCache: { ...promptCache, share: share * found, afterTools: afterTools * found },
  };
}

function eventsOf({ frames }: ResponseLayout): AnswerEvent[] {
  return frames.map(({ type, json, token }, index) => ({
    type,
    bytes: Buffer.byteLength(json),
    token: index < FIRST_OUTPUT_SEQUENCE_NUMBER ? null : token,
  }));
}
