import { randomBytes } from 'node:crypto';
import type { WireItem } from '../protocol/items.ts';
import { type Context, emptyContext, extendContext } from './context.ts';
import { type CreateBody, inputItemsOf } from './create-body.ts';
import type { Model } from './models.ts';
import type { Output } from './output.ts';
import { type Plan, planResponse } from './plan.ts';
import type { Profile } from './profile.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { ResponseStore } from './response-store.ts';

/** What answers a request, whichever way it came in. */
export interface Responder {
  /**
   * Decides the whole response, or why there is none.
   * @param findInSession looks a response up in the connection's own cache, where there is one
   */
  respond(
    body: CreateBody,
    findInSession?: (responseId: string) => Context | undefined,
  ): Plan | Refusal;
  /** To be called when the terminal event goes out: from then on the response can be continued. */
  settle(plan: Plan): void;
}

/** A responder with its own run of response ids. */
export function createResponder({
  findModel,
  profile,
  store,
}: {
  findModel: (name: string) => Model | undefined;
  profile: Profile;
  store: ResponseStore;
}): Responder {
  // Fixed width, so that equal runs have equal bytes; random, so that an id of an earlier run isn't found.
  const run = randomBytes(8).toString('hex');
  let count = 0;

  function decide(
    body: CreateBody,
    find: (responseId: string) => Context | undefined,
  ): Plan | Refusal {
    const model = findModel(body.model);
    if (model === undefined) return modelNotFound(body.model);
    const inputContext = readConversation(body, find);
    if (isRefusal(inputContext)) return inputContext;

    const output = body.generate === false ? silence : model(body, inputContext);
    const context = extendContext(inputContext, output.items.map(asWireItem));
    if (isRefusal(context)) return context;
    const responseId = `resp_${run}${(count++).toString(16).padStart(16, '0')}`;
    const nowMs = Date.now();
    return planResponse({ body, inputContext, context, output, profile, responseId, nowMs });
  }

  return {
    respond(body, findInSession) {
      try {
        return decide(body, (id) => findInSession?.(id) ?? store.find(id));
      } catch (error) {
        // JSON.parse takes any depth; what walks the value afterwards runs out of stack.
        if (error instanceof RangeError) return refuse(400, 'The request is nested too deeply.');
        throw error;
      }
    },
    settle(plan) {
      if (plan.store) store.save(plan.responseId, plan.context);
    },
  };
}

function readConversation(
  body: CreateBody,
  find: (responseId: string) => Context | undefined,
): Context | Refusal {
  const previousId = body.previous_response_id ?? undefined;
  const previous = previousId === undefined ? emptyContext : find(previousId);
  if (previous === undefined) return previousResponseNotFound(String(previousId));
  const context = extendContext(previous, inputItemsOf(body));
  if (isRefusal(context)) return context;
  const [openCallId] = context.openCallIds;
  if (openCallId !== undefined) {
    const message = `No tool output found for function call ${openCallId}.`;
    return refuse(400, message, { param: 'input' });
  }
  return context;
}

/** The output of a warm-up (`generate: false`). */
const silence: Output = { frames: [], items: [], itemsJson: '[]', tokens: 0, reasoningTokens: 0 };

function modelNotFound(name: string): Refusal {
  const message = `The model '${name}' does not exist or you do not have access to it.`;
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
