import type { CreateRequest } from '../../protocol/request.ts';

/** The ways of asking for the scripted calls: by their names, for any call, or not at all. */
export const toolChoiceWords = ['named', 'required', 'auto'] as const;

/** The fields that a request can do without: the others make it a request. */
export const omittableFields = [
  'include',
  'instructions',
  'parallel_tool_calls',
  'store',
  'tool_choice',
  'tools',
] as const satisfies (keyof CreateRequest)[];

export type OmittableField = (typeof omittableFields)[number];

/** The shape of requests, for endpoints that take less than the whole API. */
export interface RequestShape {
  toolChoice: (typeof toolChoiceWords)[number];
  omit: readonly OmittableField[];
  /** The `prompt_cache_key` of every request; absent: none. */
  cacheKey?: string | undefined;
}

/** The shape unless told: all that the script says. */
export const defaultShape: RequestShape = { toolChoice: 'named', omit: [] };

/** Whether a text names a field that can be left out. */
export function isOmittable(text: string): text is OmittableField {
  return (omittableFields as readonly string[]).includes(text);
}
