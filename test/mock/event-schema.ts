import { z } from 'zod';

/*
 * What a client may rely on, written from the official client's types (openai 7.57.0, `ResponseStreamEvent`) and
 * the Open Responses specification of 2026-04-24, not from our own writer. Objects are strict: a field that
 * neither knows is a fault of the writer.
 */

const id = z.string().min(1);
const index = z.int().nonnegative();
const count = z.int().nonnegative();
const itemStatus = z.enum(['in_progress', 'completed', 'incomplete']);

const outputText = z.strictObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()),
  logprobs: z.array(z.unknown()),
});
const summaryText = z.strictObject({ type: z.literal('summary_text'), text: z.string() });

const item = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message'),
    id,
    role: z.literal('assistant'),
    status: itemStatus,
    content: z.array(outputText),
    phase: z.enum(['commentary', 'final_answer']).optional(),
  }),
  z.strictObject({
    type: z.literal('function_call'),
    id,
    status: itemStatus,
    call_id: id,
    name: id,
    arguments: z.string(),
    namespace: id.optional(),
  }),
  z.strictObject({
    type: z.literal('custom_tool_call'),
    id,
    status: itemStatus,
    call_id: id,
    name: id,
    input: z.string(),
    namespace: id.optional(),
  }),
  z.strictObject({
    type: z.literal('local_shell_call'),
    id,
    status: itemStatus,
    call_id: id,
    action: z.strictObject({
      type: z.literal('exec'),
      command: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
  }),
  z.strictObject({
    type: z.literal('shell_call'),
    id,
    status: itemStatus,
    call_id: id,
    action: z.strictObject({
      commands: z.array(z.string()),
      max_output_length: z.number().nullable(),
      timeout_ms: z.number().nullable(),
    }),
    environment: z.null(),
  }),
  z.strictObject({
    type: z.literal('apply_patch_call'),
    id,
    status: z.enum(['in_progress', 'completed']),
    call_id: id,
    operation: z.strictObject({ type: z.literal('update_file'), path: id, diff: z.string() }),
  }),
  z.strictObject({
    type: z.literal('reasoning'),
    id,
    status: itemStatus.optional(),
    summary: z.array(summaryText),
    encrypted_content: z.string().min(1).optional(),
  }),
]);

const usage = z.strictObject({
  input_tokens: count,
  input_tokens_details: z.strictObject({ cached_tokens: count, cache_write_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.strictObject({ reasoning_tokens: count }),
  total_tokens: count,
});

const response = z.strictObject({
  id: z.string().startsWith('resp_'),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.enum(['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete']),
  background: z.boolean(),
  conversation: z.strictObject({ id }).optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z
    .strictObject({ reason: z.enum(['max_output_tokens', 'content_filter']) })
    .nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: count.nullable(),
  max_tool_calls: count.nullable(),
  metadata: z.record(z.string(), z.string()),
  model: id,
  output: z.array(item),
  parallel_tool_calls: z.boolean(),
  previous_response_id: id.nullable(),
  prompt_cache_key: z.string().nullable(),
  reasoning: z.looseObject({ effort: z.string().nullable(), summary: z.string().nullable() }),
  safety_identifier: z.string().nullable(),
  service_tier: z.string(),
  store: z.boolean(),
  temperature: z.number(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }) }),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string() })]),
  tools: z.array(z.looseObject({ type: z.string() })),
  top_logprobs: count,
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  truncation: z.enum(['auto', 'disabled']),
  usage: usage.nullable(),
  access_programs: z.null(),
});

const sequenced = { sequence_number: index, stream_id: id.optional() };
const inItem = { ...sequenced, item_id: id, output_index: index };
const inContent = { ...inItem, content_index: index };
const inCommand = { ...sequenced, output_index: index, command_index: index };
const inSummary = { ...inItem, summary_index: index };
const event = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.strictObject({ type: z.literal(type), ...fields });

/** One event of a response's stream. */
export const eventSchema = z.discriminatedUnion('type', [
  event('response.created', { ...sequenced, response }),
  event('response.in_progress', { ...sequenced, response }),
  event('response.completed', { ...sequenced, response }),
  event('response.incomplete', { ...sequenced, response }),
  event('response.failed', { ...sequenced, response }),
  event('response.output_item.added', { ...sequenced, output_index: index, item }),
  event('response.output_item.done', { ...sequenced, output_index: index, item }),
  event('response.content_part.added', { ...inContent, part: outputText }),
  event('response.content_part.done', { ...inContent, part: outputText }),
  event('response.output_text.delta', {
    ...inContent,
    delta: z.string().min(1),
    logprobs: z.array(z.unknown()),
  }),
  event('response.output_text.done', {
    ...inContent,
    text: z.string(),
    logprobs: z.array(z.unknown()),
  }),
  event('response.function_call_arguments.delta', { ...inItem, delta: z.string().min(1) }),
  event('response.function_call_arguments.done', { ...inItem, name: id, arguments: z.string() }),
  event('response.custom_tool_call_input.delta', { ...inItem, delta: z.string().min(1) }),
  event('response.custom_tool_call_input.done', { ...inItem, input: z.string() }),
  event('response.shell_call_command.added', { ...inCommand, command: z.string() }),
  event('response.shell_call_command.delta', { ...inCommand, delta: z.string().min(1) }),
  event('response.shell_call_command.done', { ...inCommand, command: z.string() }),
  event('response.reasoning_summary_part.added', { ...inSummary, part: summaryText }),
  event('response.reasoning_summary_part.done', { ...inSummary, part: summaryText }),
  event('response.reasoning_summary_text.delta', { ...inSummary, delta: z.string().min(1) }),
  event('response.reasoning_summary_text.done', { ...inSummary, text: z.string() }),
]);
