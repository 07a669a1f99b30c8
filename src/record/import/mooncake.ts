import { stringOf } from '../../protocol/foreign.ts';
import { saidTokens } from '../session/said.ts';
import type { RecordedSession } from '../session/session.ts';
import { tokensFrom } from '../session/values.ts';
import type { SessionFormat } from './format.ts';

/** Sessions that one file makes; it may hold the requests of ten thousand users. */
const MAX_SESSIONS = 20;

/**
 * A request trace of Mooncake: arrival, token counts and blocks of equal prefixes. Each line is a request; only those
 * that name a session are known to belong together.
 */
export const mooncake: SessionFormat = {
  name: 'mooncake',
  title: 'Mooncake request trace',
  recognise: (head) => head.some((record) => 'input_length' in record && 'output_length' in record),
  async read(records, { name }) {
    const sessions = new Map<string, RecordedSession>();
    let passedOver = 0;
    let last: RecordedSession | undefined;
    for await (const { line, value } of records) {
      const tokens = tokensFrom({ input: value['input_length'], output: value['output_length'] });
      const key = stringOf(value['session_id']) || `line ${line}`;
      let session = sessions.get(key);
      if (tokens === undefined || (session === undefined && sessions.size === MAX_SESSIONS)) {
        passedOver += 1;
        continue;
      }
      if (session === undefined) {
        session = emptySession(name);
        sessions.set(key, session);
      }
      last = session;
      const isFirst = session.steps.length === 0;
      session.steps.push({
        tokens,
        calls: [],
        // All of a prompt is the user's where nobody says what else is in it.
        ...(isFirst && { user: saidTokens(Math.max(1, tokens.input ?? 1)) }),
      });
    }
    if (passedOver > 0) {
      last?.notes.push(`${passedOver} more requests in the file: ${MAX_SESSIONS} sessions at most`);
    }
    return [...sessions.values()];
  },
};

function emptySession(name: string): RecordedSession {
  return {
    name,
    origin: mooncake.title,
    tools: [],
    instructions: { bytes: 0, escapes: 0 },
    steps: [],
    assumed: ['order, gaps and tools: not in this format; each request is taken for a session'],
    notes: [],
  };
}
