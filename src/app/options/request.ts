import { UsageError } from '../../errors.ts';
import {
  isOmittable,
  omittableFields,
  type RequestShape,
  toolChoiceWords,
} from '../../runner/request-shape.ts';
import { closestName } from '../../userfile/closest.ts';
import { resolvePlain } from './plain.ts';
import { requestSettings } from './settings/request.ts';

/** What requests carry, for endpoints that take less than the whole API. */
export interface RequestOptions {
  /** How the scripted calls are asked for: by name, any call, or not at all. @default 'named' */
  toolChoice?: 'named' | 'required' | 'auto';
  /** Top-level fields that are not sent, such as `parallel_tool_calls`. @default none */
  omit?: readonly string[];
  /** Subprotocols that are offered with the WebSocket upgrade. @default none */
  webSocketProtocols?: readonly string[];
}

/** The same with every default filled in. */
export interface ResolvedRequest extends RequestShape {
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
  const { toolChoice } = resolvePlain(requestSettings, rest);
  if (!toolChoiceWords.includes(toolChoice)) {
    throw new UsageError(
      `tool choice: expected one of ${toolChoiceWords.join(', ')}, got ${JSON.stringify(toolChoice)}`,
    );
  }
  return {
    toolChoice,
    omit: omit.map(omittable),
    webSocketProtocols: checkProtocols(webSocketProtocols),
  };
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
