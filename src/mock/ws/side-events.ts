import { type Refusal, refuse } from '../wire/refusal.ts';

/** What clients say of a response that they have asked for already. It waits behind nothing, and ends nothing. */
export interface SideEvents {
  /** A response goes out now, over its lane. */
  begin(responseId: string, lane: string | undefined): void;
  end(responseId: string): void;
  /** Answers a message, if it is of this kind. */
  answer(message: Readonly<Record<string, unknown>>): boolean;
}

/**
 * The side events of one connection. All that a response says is decided before its first byte, so none of them can change
 * it: each is refused in its own words, which a client tells from the end of the response under way.
 *
 * @param refuseWith sends an error event, for what has no words of its own
 */
export function createSideEvents(
  send: (json: string, lane: string | undefined) => void,
  refuseWith: (refusal: Refusal) => void,
): SideEvents {
  const known = new Map<string, { lane: string | undefined; isActive: boolean }>();

  function fail(type: string, id: string, code: Code, echoed: object): void {
    const error = { type: 'invalid_request_error', code, message: messages[code] };
    send(JSON.stringify({ type, sequence_number: 0, error, ...echoed }), known.get(id)?.lane);
  }

  function codeOf(id: string, whileActive: Code): Code {
    const target = known.get(id);
    if (target === undefined) return 'response_not_found';
    return target.isActive ? whileActive : 'response_already_completed';
  }

  return {
    begin(responseId, lane) {
      known.set(responseId, { lane, isActive: true });
      const [oldest] = known.keys();
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    },
    end(responseId) {
      const target = known.get(responseId);
      if (target !== undefined) target.isActive = false;
    },
    answer({ type, input, ...message }) {
      switch (type) {
        case 'response.steer': {
          const id = String(message['previous_response_id']);
          const code = codeOf(id, 'steering_not_supported');
          fail('response.steer.failed', id, code, { steer: { input, previous_response_id: id } });
          return true;
        }
        case 'response.inject': {
          const id = String(message['response_id']);
          const code = codeOf(id, 'response_already_completed');
          fail('response.inject.failed', id, code, { response_id: id, input });
          return true;
        }
        case 'response.interrupt': {
          const told = { code: 'unsupported_event', param: 'type' };
          refuseWith(refuse(400, 'This server does not interrupt responses.', told));
          return true;
        }
        default:
          return false;
      }
    },
  };
}

/** More than a connection has under way, and some that have ended. */
const MAX_KNOWN = 256;

type Code = keyof typeof messages;

const messages = {
  response_not_found: 'The response was not found on this connection.',
  response_already_completed: 'The response takes no more input.',
  steering_not_supported: 'This server does not steer responses.',
} as const;
