import { randomBytes } from 'node:crypto';
import type { WireItem } from '../../protocol/items.ts';
import type { LatencyEngine } from '../latency/engine.ts';
import { knownTokens, type Prompt, promptTokens, volumesOf } from '../latency/volumes.ts';
import { type Context, emptyContext, extendContext } from '../memory/context.ts';
import { preambleOf } from '../memory/preamble.ts';
import { createPromptCacheAffinity } from '../memory/prompt-cache-affinity.ts';
import type { StoredResponses } from '../memory/stored-responses.ts';
import type { Models } from '../model/models.ts';
import type { Output } from '../model/speech-events.ts';
import type { Profile } from '../profile/schema.ts';
import { heldKinds } from '../profile/stages.ts';
import { type CreateBody, conversationIdOf, inputItemsOf } from '../wire/create-body.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import { layOutResponse, type ResponseLayout, renderTools } from './response-layout.ts';

/**
 * The one that answers a request, whichever way it came in: decides the whole response, or why there is none.
 * @param from the connection that it came over, and what looks a response up in its own cache, where there is one
 */
export type Responder = (body: CreateBody, from: Origin) => ResponseLayout | Refusal;

/** The origin of a request. */
export interface Origin {
  /** Any object that is the same for all requests of one connection; without it there is no bad luck with machines. */
  connection?: object;
  findInSession?: Find;
}

type Find = (responseId: string) => Context | undefined;

/** A responder with its own run of response ids. */
export function createResponder({
  models,
  profile,
  stored,
  seed = 1,
  engine,
}: {
  models: Models;
  /** What is held, and what of a prompt the model server's cache spares. */
  profile: Profile;
  stored: StoredResponses;
  /** How long the work takes. */
  engine: LatencyEngine;
  /** Of all jitter, and of the luck of connections. @default 1 */
  seed?: number;
}): Responder {
  // Fixed width, so that equal runs have equal bytes; random, so that an id of an earlier run isn't found.
  const run = randomBytes(8).toString('hex');
  let count = 0;
  const heldBySession = heldKinds(profile.cache ?? {}, true);
  const heldByStore = heldKinds(profile.storedCache ?? {}, false);

  const isAstray = createPromptCacheAffinity(profile.promptCache?.astray ?? 0, seed);

  function decide(
    body: CreateBody,
    { connection, findInSession }: Origin,
  ): ResponseLayout | Refusal {
    const model = models.find(body.model);
    if (model === undefined) return modelNotFound(body.model, models.names);
    const previous = findPrevious(body, (id) => findInSession?.(id));
    if (previous !== undefined && isRefusal(previous)) return previous;
    const inputContext = readConversation(body, previous?.context);
    if (isRefusal(inputContext)) return inputContext;

    const output = body.generate === false ? silence : model(body, inputContext);
    const context = extendContext(inputContext, output.items.map(asWireItem));
    if (isRefusal(context)) return context;
    const responseId = `resp_${run}${(count++).toString(16).padStart(16, '0')}`;
    const tools = renderTools(body);
    const prompt: Prompt = {
      instructionsBytes: Buffer.byteLength(body.instructions ?? ''),
      toolsBytes: Buffer.byteLength(tools.json),
      context: inputContext,
      continued: previous,
    };
    const share = connection && isAstray(connection) ? 0 : cachedShare(profile, inputContext);
    const cachedTokens = Math.floor(share * knownTokens(prompt));
    const preamble = preambleOf(body, tools.json);
    const volumes = volumesOf(prompt, preamble, cachedTokens);
    const timing = engine.time({
      volumes,
      outputItems: output.items.length,
      outputTokens: output.tokens,
      ...(output.pace && { pace: output.pace }),
    });
    return layOutResponse({
      body,
      context: { ...context, preamble },
      output,
      timing,
      tools,
      inputTokens: promptTokens(prompt),
      cachedTokens,
      tokensProcessed: Math.ceil(volumes.tokenise?.tokens ?? 0),
      responseId,
      nowMs: Date.now(),
    });
  }

  /** The response to continue, and what is held of it: more by a connection that made it than by the store. */
  function findPrevious(body: CreateBody, findInSession: Find): Prompt['continued'] | Refusal {
    const { previous_response_id: previousId } = body;
    if (typeof previousId === 'string') {
      const inSession = findInSession(previousId);
      if (inSession !== undefined) return { context: inSession, held: heldBySession };
      const context = stored.find(previousId)?.context;
      if (context !== undefined) return { context, held: heldByStore };
      return previousResponseNotFound(previousId);
    }
    const conversationId = conversationIdOf(body);
    if (conversationId === undefined) return undefined;
    // Whoever looks responses up for us knows conversations by their ids too.
    const context = findInSession(conversationId);
    if (context === undefined) return previousResponseNotFound(conversationId);
    return { context, held: heldByStore };
  }

  return (body, from) => {
    try {
      return decide(body, from);
    } catch (error) {
      // JSON.parse takes any depth; what walks the value afterwards runs out of stack.
      if (error instanceof RangeError) return refuse(400, 'The request is nested too deeply.');
      throw error;
    }
  };
}

function readConversation(body: CreateBody, previous = emptyContext): Context | Refusal {
  const context = extendContext(previous, inputItemsOf(body));
  if (isRefusal(context)) return context;
  const [openCallId] = context.openCallIds;
  if (openCallId !== undefined) {
    const message = `No tool output found for function call ${openCallId}.`;
    return refuse(400, message, { param: 'input' });
  }
  return context;
}

/** How much of what the model knows is still in its prompt cache. */
function cachedShare({ promptCache }: Profile, { endsWithOutput }: Context): number {
  const { share = 0, afterTools = share } = promptCache ?? {};
  return endsWithOutput ? afterTools : share;
}

/** The output of a warm-up (`generate: false`). */
const silence: Output = { frames: [], items: [], itemsJson: '[]', tokens: 0, reasoningTokens: 0 };

function modelNotFound(name: string, known: readonly string[]): Refusal {
  const message = `The model '${name}' does not exist or you do not have access to it. This mock has ${known.join(', ')}; start it with --script <one of these> and it answers every name.`;
  return refuse(404, message, { code: 'model_not_found', param: 'model' });
}

function previousResponseNotFound(responseId: string): Refusal {
  return refuse(400, `Previous response with id '${responseId}' not found.`, {
    code: 'previous_response_not_found',
    param: 'previous_response_id',
  });
}

/** An interface has no index signature, a copy of its fields does. */
function asWireItem(item: object): WireItem {
  return { ...item };
}
