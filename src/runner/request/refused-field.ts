import type { CreateRequest } from '../../protocol/request.ts';
import type { EndpointFailure } from '../../transport/failure.ts';
import { type OmittableField, omittableFields } from './shape.ts';

/**
 * The field that an endpoint names when it refuses a request, if it is one that requests can do without; undefined where
 * it names none.
 */
export function refusedField({
  status,
  param,
  message,
}: Pick<EndpointFailure, 'status' | 'param' | 'message'>): OmittableField | undefined {
  if (status === undefined || !REFUSALS.has(status)) return undefined;
  const named = omittableFields.find((field) => names(param ?? '', field));
  return named ?? omittableFields.find((field) => names(message, field));
}

/**
 * The refused field, where requests go on without it whoever asks: all that is lost without `include` is encrypted
 * reasoning, which models that refuse it don't give.
 */
export function dispensableField(
  failure: Pick<EndpointFailure, 'status' | 'param' | 'message'>,
  request: CreateRequest,
): OmittableField | undefined {
  const isRefused = request.include !== undefined && refusedField(failure) === 'include';
  return isRefused ? 'include' : undefined;
}

const REFUSALS = new Set([400, 422, 501]);

/** As a word of its own; `store=True` and `include[0]` are that, `datastore` isn't. */
function names(text: string, field: OmittableField): boolean {
  return words[field].test(text);
}

const words: Readonly<Record<OmittableField, RegExp>> = {
  include: /\binclude\b|\bencrypted[ _]content\b/i,
  instructions: /\binstructions\b/i,
  parallel_tool_calls: /\bparallel_tool_calls\b/i,
  store: /(?<![\w.-])store(?!\w)/i,
  tool_choice: /\btool_choice\b/i,
  tools: /(?<![\w.-])[`'"]?tools[`'"](?!\w)/i,
};
