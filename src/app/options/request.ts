import { UsageError } from '../../errors.ts';
import { type CacheKeyPolicy, cacheKeyPolicies } from '../../runner/request/cache-key.ts';
import {
  isOmittable,
  omittableFields,
  type RequestShape,
  toolChoiceWords,
} from '../../runner/request/shape.ts';
import { closestName } from '../../userfile/closest.ts';
import { resolvePlain } from './plain.ts';
import { requestSettings } from './settings/request.ts';

/** What requests carry, for endpoints that take less than the whole API. */
export interface RequestOptions {
  /** How the scripted calls are asked for: by name, any call, or not at all. @default 'named' */
  toolChoice?: 'named' | 'required' | 'auto';
  /** Top-level fields that are not sent, such as `parallel_tool_calls`. @default none */
  omit?: readonly string[];
  /** Who shares a `prompt_cache_key`: the sessions of a run, of each arm, of all runs. @default 'none' */
  cacheKey?: 'per-run' | 'per-arm' | 'shared' | 'none';
  /** Subprotocols that are offered with the WebSocket upgrade. @default none */
  webSocketProtocols?: readonly string[];
}

/** The same with every default filled in. */
export interface ResolvedRequest extends Pick<RequestShape, 'toolChoice' | 'omit'> {
  cacheKey: CacheKeyPolicy;
  webSocketProtocols: readonly string[];
}

/**
 * Fills in the defaults and checks every value.
 * @throws UsageError for the first value that is no good.
 */
export function resolveRequest({
  omit = [],
  webSocketProtocols = [],
  ...rest
}: RequestOptions = {}): ResolvedRequest {
  const { toolChoice, cacheKey } = resolvePlain(requestSettings, rest);
  checkChoice('tool choice', toolChoiceWords, toolChoice);
  checkChoice('cache key', cacheKeyPolicies, cacheKey);
  return {
    toolChoice,
    omit: omit.map(omittable),
    cacheKey,
    webSocketProtocols: checkProtocols(webSocketProtocols),
  };
}

function checkChoice(name: string, choices: readonly string[], given: string): void {
  if (choices.includes(given)) return;
  throw new UsageError(
    `${name}: expected one of ${choices.join(', ')}, got ${JSON.stringify(given)}`,
  );
}

function omittable(text: string): RequestShape['omit'][number] {
  if (isOmittable(text)) return text;
  const meant = closestName(text, omittableFields);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new UsageError(
    `omit: expected some of ${omittableFields.join(', ')}, got ${JSON.stringify(text)}${hint}`,
  );
}

/** RFC 6455, section 4.1: tokens, each once. Such a name may hold a key, so none is repeated. */
function checkProtocols(names: readonly string[]): readonly string[] {
  const isToken = (name: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(name);
  if (names.every(isToken) && new Set(names).size === names.length) return names;
  throw new UsageError(
    'ws protocol: expected names without spaces, each once, such as openai-beta.responses.v1',
  );
}
