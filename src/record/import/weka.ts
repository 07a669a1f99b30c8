import { isRecord, recordOf } from '../../is-record.ts';
import { countOf } from '../../protocol/foreign.ts';
import { saidTokens } from '../session/said.ts';
import type { RecordedSession, RecordedStep } from '../session/session.ts';
import { lengthMsOf, tokensFrom } from '../session/values.ts';
import type { SessionFormat } from './format.ts';

/**
 * A trace of kv-cache-tester (Weka): requests of one conversation with token counts, blocks of equal prefixes, and times in
 * seconds. How many calls a request made, and of which tools, is not in it.
 */
export const weka: SessionFormat = {
  name: 'weka',
  title: 'kv-cache-tester trace (Weka)',
  recognise: ([first]) => Array.isArray(first?.['requests']) && first['block_size'] !== undefined,
  async read(records, { name }) {
    const sessions: RecordedSession[] = [];
    for await (const { value } of records) {
      const blockTokens = countOf(value['block_size']) ?? 64;
      sessions.push(...sessionsOf(value['requests'], blockTokens, { ...value, name }));
    }
    return sessions.filter(({ steps }) => steps.length > 0);
  },
};

function sessionsOf(
  requests: unknown,
  blockTokens: number,
  { name, tool_tokens: tools, system_tokens: system, models }: Record<string, unknown>,
): RecordedSession[] {
  const list = Array.isArray(requests) ? requests.filter(isRecord) : [];
  const toolTokens = countOf(tools);
  const systemTokens = countOf(system);
  const [model] = Array.isArray(models) ? (models as unknown[]) : [];
  const session: RecordedSession = {
    name: String(name),
    origin: weka.title,
    ...(typeof model === 'string' && { model }),
    ...(systemTokens !== undefined && { instructions: saidTokens(systemTokens) }),
    ...(toolTokens !== undefined && { toolsBytes: saidTokens(toolTokens).bytes }),
    steps: [],
    assumed: ['calls: one where a request stopped for a tool'],
    notes: [],
  };
  const below: RecordedSession[] = [];
  let before: Record<string, unknown> | undefined;
  for (const request of list) {
    if (Array.isArray(request['requests'])) {
      below.push(...sessionsOf(request['requests'], blockTokens, { name }));
      continue;
    }
    addStep(session, request, before, blockTokens);
    before = request;
  }
  const first = session.steps[0];
  if (first !== undefined) {
    const known = (toolTokens ?? 0) + (systemTokens ?? 0);
    first.user = saidTokens(Math.max(1, (first.tokens?.input ?? 0) - known));
  }
  return [session, ...below];
}

function addStep(
  { steps }: RecordedSession,
  request: Record<string, unknown>,
  before: Record<string, unknown> | undefined,
  blockTokens: number,
): void {
  const { in: input, out, stop } = request;
  const tokens = tokensFrom({ input, output: out });
  const modelMs = secondsMs(request['api_time']);
  const firstTokenMs = secondsMs(request['ttft']);
  const gapMs = gapBeforeMs(request, before);
  const last = steps.at(-1);
  for (const call of last?.calls ?? []) if (gapMs !== undefined) call.timeMs = gapMs;
  steps.push({
    ...(tokens && { tokens }),
    ...(modelMs !== undefined && { modelMs }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(last?.calls.length === 0 && gapMs !== undefined && gapMs > 0 && { pauseMs: gapMs }),
    ...(tokens?.input !== undefined && {
      newInputTokens: tokens.input - sharedBlocks(request, before) * blockTokens,
    }),
    calls: stop === 'tool_use' ? [{ name: 'tool' }] : [],
  } satisfies RecordedStep);
}

function secondsMs(value: unknown): number | undefined {
  const seconds = lengthMsOf(value);
  return seconds === undefined ? undefined : Math.round(seconds * 1e6) / 1000;
}

/** A request that was cut off has no length: then the thinking counts from the last that finished, and says nothing of this gap. */
function gapBeforeMs(
  request: Record<string, unknown>,
  before: Record<string, unknown> | undefined,
): number | undefined {
  const cutOff = before !== undefined && secondsMs(before['api_time']) === undefined;
  return cutOff ? undefined : secondsMs(request['think_time']);
}

function sharedBlocks(
  { hash_ids: ids }: Record<string, unknown>,
  before: Record<string, unknown> | undefined,
): number {
  const earlier = recordOf(before)['hash_ids'];
  if (!Array.isArray(ids) || !Array.isArray(earlier)) return 0;
  const differing = ids.findIndex((id, index) => id !== earlier[index]);
  return differing < 0 ? ids.length : differing;
}
