import { z } from 'zod';
import { isRecord } from '../../is-record.ts';
import type { WireItem } from '../../protocol/items.ts';
import { type Refusal, refuse } from './refusal.ts';
import { unsupported } from './unsupported.ts';

/*
 * Lenient on purpose: a client may send fields that we have never heard of, and null for any optional one.
 * Only what the server itself reads is checked.
 */
const bodySchema = z.looseObject({
  model: z.string().min(1, 'expected the name of a model'),
  input: z
    .custom<string | WireItem[]>(
      (value) => typeof value === 'string' || isListOfObjects(value),
      'expected a string or a list of items (objects)',
    )
    .nullish(),
  instructions: z.string().nullish(),
  tools: z
    .custom<Record<string, unknown>[]>(isListOfObjects, 'expected a list of objects')
    .nullish(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z
    .union([z.string(), z.looseObject({ id: z.string() })], {
      error: 'expected the id of a conversation, or an object with it',
    })
    .nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  include: z.array(z.string()).nullish(),
  max_output_tokens: z.int().positive().nullish(),
  max_tool_calls: z.int().nonnegative().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  prompt_cache_key: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_logprobs: z.int().nullish(),
  generate: z.boolean().nullish(),
  background: z.boolean().nullish(),
  prompt: z.unknown().optional(),
  reasoning: z.looseObject({}).nullish(),
  text: z.looseObject({}).nullish(),
});

/** The body of a create as it came in; the same over HTTP and WebSocket. */
export type CreateBody = z.infer<typeof bodySchema>;

/** The body of a create, checked as it came over the wire; the refusal names the first field that is wrong. */
export function parseCreateBody(value: unknown): CreateBody | Refusal {
  if (!isRecord(value)) return refuse(400, 'Expected a JSON object.', { code: 'invalid_json' });
  const parsed = bodySchema.safeParse(value);
  if (parsed.success) return checkTogether(ofItsTransport(parsed.data));
  const issue = parsed.error.issues[0];
  const param = issue?.path.join('.') ?? '';
  if (!(param in value) && issue?.path.length === 1) {
    const message = `Missing required parameter: '${param}'.`;
    return refuse(400, message, { code: 'missing_required_parameter', param });
  }
  const reason = (issue?.message ?? 'not understood').replace(/^Invalid input: /, '');
  return refuse(400, `Invalid value for '${param}': ${reason}.`, { code: 'invalid_type', param });
}

/** The conversation that the request belongs to, if it names one. */
export function conversationIdOf({ conversation }: CreateBody): string | undefined {
  if (conversation === undefined || conversation === null) return undefined;
  return typeof conversation === 'string' ? conversation : conversation.id;
}

/** The items that the client brings; a plain string is a user message. */
export function inputItemsOf(body: CreateBody): readonly WireItem[] {
  if (typeof body.input !== 'string') return body.input ?? [];
  return [{ type: 'message', role: 'user', content: body.input }];
}

/** Over WebSocket there is no background: the field means nothing there. */
function ofItsTransport(body: CreateBody): CreateBody {
  return body['type'] === 'response.create' ? { ...body, background: false } : body;
}

/** Fields that are right each for itself, but not side by side, or not here. */
function checkTogether(body: CreateBody): CreateBody | Refusal {
  if (conversationIdOf(body) === undefined || typeof body.previous_response_id !== 'string') {
    return unsupported(body) ?? body;
  }
  const message =
    "Mutually exclusive parameters: expected either 'previous_response_id' or 'conversation', got both.";
  return refuse(400, message, { code: 'mutually_exclusive_parameters', param: 'conversation' });
}

function isListOfObjects(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isRecord);
}
