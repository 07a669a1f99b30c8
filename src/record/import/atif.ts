import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import type { RecordedSession, RecordedStep } from '../session/session.ts';
import { argumentsSaid, contentSaid, outputSaid, tokensFrom } from '../session/values.ts';
import type { SessionFormat } from './format.ts';

/** A trajectory of the Agent Trajectory Interchange Format (Harbor), whose steps have one time each: neither start nor end. */
export const atif: SessionFormat = {
  name: 'atif',
  title: 'ATIF trajectory',
  recognise: ([first]) =>
    stringOf(first?.['schema_version']).startsWith('ATIF-') ||
    (isRecord(first?.['agent']) && Array.isArray(first['steps'])),
  async read(records, { name, keep }) {
    const sessions: RecordedSession[] = [];
    for await (const { value } of records) {
      sessions.push(...trajectories(value).map((each) => sessionOf(each, name, keep)));
    }
    return sessions.filter(({ steps }) => steps.length > 0);
  },
};

/** A trajectory and those of its sub-agents. */
function trajectories(value: Record<string, unknown>): Record<string, unknown>[] {
  const { subagent_trajectories: below } = value;
  return [value, ...(Array.isArray(below) ? below.filter(isRecord).flatMap(trajectories) : [])];
}

function sessionOf(
  { steps, agent }: Record<string, unknown>,
  name: string,
  keep: boolean,
): RecordedSession {
  const { model_name: model } = recordOf(agent);
  const session: RecordedSession = {
    ...{ name, origin: atif.title, steps: [], assumed: [], notes: [] },
    ...(typeof model === 'string' && { model }),
  };
  let next: Pick<RecordedStep, 'user'> = {};
  for (const step of Array.isArray(steps) ? steps.map(recordOf) : []) {
    // Handed on from another trajectory, not said in this one.
    if (step['is_copied_context'] === true) continue;
    const words = contentSaid(step['message'], keep);
    if (step['source'] === 'system' && words) session.instructions = words;
    else if (step['source'] === 'user' && words) next.user = words;
    else if (step['source'] === 'agent') {
      session.steps.push({ ...next, ...agentStep(step, keep) });
      next = {};
    }
  }
  session.assumed.push("times: a step has one, so the model's and the tools' can't be told apart");
  return session;
}

function agentStep(step: Record<string, unknown>, keep: boolean): RecordedStep {
  const { tool_calls: calls, observation, metrics, message, reasoning_content: thought } = step;
  const {
    prompt_tokens: input,
    completion_tokens: output,
    cached_tokens: cached,
  } = recordOf(metrics);
  const { reasoning_tokens: reasoning } = recordOf(recordOf(metrics)['extra']);
  const tokens = tokensFrom({ input, output, cached, reasoning });
  const { results } = recordOf(observation);
  const outputs = (Array.isArray(results) ? results : []).map(recordOf);
  const text = contentSaid(message, keep);
  const reasoned = contentSaid(thought, keep);
  return {
    ...(text && text.bytes > 0 && { text }),
    ...(reasoned && reasoned.bytes > 0 && { reasoning: reasoned }),
    ...(tokens && { tokens }),
    calls: (Array.isArray(calls) ? calls : []).map((call) => {
      const { tool_call_id: id, function_name: name, arguments: given } = recordOf(call);
      const result = outputs.find(({ source_call_id: source }) => source === id);
      return {
        name: stringOf(name) || 'tool',
        arguments: argumentsSaid(given, keep),
        ...(result && { output: resultSaid(result['content'], keep) }),
      };
    }),
  };
}

function resultSaid(content: unknown, keep: boolean) {
  return contentSaid(content, keep) ?? outputSaid('', keep);
}
