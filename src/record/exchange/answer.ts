import { createParser } from 'eventsource-parser';
import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { tokensFrom } from '../session/values.ts';
import type { AnswerFacts } from './exchange.ts';
import { itemsOf } from './items.ts';

/** Takes the events of one answer as they come. */
export interface AnswerReader {
  /** An event, or a whole response. */
  take(value: unknown): void;
  /** Whether something that the model says has come. */
  speaks(): boolean;
  /** The answer once it is over; undefined before, and where it failed. */
  answer(): AnswerFacts | undefined;
}

/** A reader of the events of the Responses API, or of the chunks of Chat Completions. */
export function createAnswerReader(keep: boolean): AnswerReader {
  const items: unknown[] = [];
  const chat = createChatAnswer();
  let speaks = false;
  let answer: AnswerFacts | undefined;

  function takeResponse(response: Record<string, unknown>): void {
    const { id, output, usage } = response;
    const tokens = usageTokens(usage);
    answer = {
      ...(stringOf(id) !== '' && { id: stringOf(id) }),
      output: itemsOf(Array.isArray(output) && output.length > 0 ? output : items, keep),
      ...(tokens && { tokens }),
    };
  }

  return {
    take(value) {
      const event = recordOf(value);
      const type = stringOf(event['type']);
      if (type.endsWith('.delta')) speaks = true;
      else if (type === 'response.output_item.done') items.push(event['item']);
      else if (type === 'response.completed' || type === 'response.incomplete') {
        takeResponse(recordOf(event['response']));
      } else if (Array.isArray(event['output'])) takeResponse(event);
      else if (Array.isArray(event['choices'])) {
        if (chat.take(event)) speaks = true;
        const whole = chat.answer();
        if (whole !== undefined) takeResponse(whole);
      }
    },
    speaks: () => speaks,
    answer: () => answer,
  };
}

/** The data of every event in a body that is a stream of server-sent events. */
export function eventsOf(body: string): unknown[] {
  const events: unknown[] = [];
  const parser = createParser({
    onEvent: ({ data }) => {
      try {
        events.push(JSON.parse(data));
      } catch {
        // Heartbeats and [DONE] are no JSON.
      }
    },
  });
  parser.feed(body);
  parser.reset({ consume: true });
  return events;
}

/** Token counts as either API names them. */
function usageTokens(usage: unknown) {
  if (!isRecord(usage)) return undefined;
  const inputDetails = recordOf(usage['input_tokens_details'] ?? usage['prompt_tokens_details']);
  const outputDetails = recordOf(
    usage['output_tokens_details'] ?? usage['completion_tokens_details'],
  );
  return tokensFrom({
    input: usage['input_tokens'] ?? usage['prompt_tokens'],
    cached: inputDetails['cached_tokens'],
    output: usage['output_tokens'] ?? usage['completion_tokens'],
    reasoning: outputDetails['reasoning_tokens'],
  });
}

/** The one choice of a chat completion, whole or in chunks, as a response has it. */
function createChatAnswer() {
  let id = '';
  let content = '';
  let usage: unknown;
  let ended = false;
  const calls: { id: string; name: string; json: string }[] = [];

  function takeCalls(list: unknown): void {
    for (const [place, call] of (Array.isArray(list) ? list : []).entries()) {
      const { index, id: callId, function: called } = recordOf(call);
      const at = typeof index === 'number' && index >= 0 && index < 1000 ? index : place;
      const { name, arguments: json } = recordOf(called);
      const known = (calls[at] ??= { id: '', name: '', json: '' });
      known.id += stringOf(callId);
      known.name += stringOf(name);
      known.json += stringOf(json);
    }
  }

  return {
    /** Whether the chunk says something. */
    take(chunk: Record<string, unknown>): boolean {
      id = stringOf(chunk['id']) || id;
      usage = chunk['usage'] ?? usage;
      const [choice] = chunk['choices'] as unknown[];
      const { delta, message, finish_reason: reason } = recordOf(choice);
      const said = recordOf(delta ?? message);
      content += stringOf(said['content']);
      takeCalls(said['tool_calls']);
      if (typeof reason === 'string') ended = true;
      return stringOf(said['content']) !== '' || Array.isArray(said['tool_calls']);
    },
    answer(): Record<string, unknown> | undefined {
      if (!ended) return undefined;
      const output = [
        ...(content === '' ? [] : [{ type: 'message', role: 'assistant', content }]),
        ...calls.map(({ id: callId, name, json }) => ({
          type: 'function_call',
          call_id: callId,
          name,
          arguments: json,
        })),
      ];
      return { id, output, usage };
    },
  };
}
