import type { WireItem } from '../../protocol/items.ts';
import { compactionItem } from '../memory/compaction-item.ts';
import type { Conversations } from '../memory/conversations.ts';
import { withoutImageData } from '../memory/listed-item.ts';
import type { StoredResponses } from '../memory/stored-responses.ts';
import { type CreateBody, conversationIdOf, inputItemsOf } from '../wire/create-body.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import type { Origin, Responder } from './responder.ts';
import type { ResponseLayout } from './response-layout.ts';

/** A response about to go out. */
export interface Reply {
  readonly layout: ResponseLayout;
  /** To be called when the terminal event goes out: from then on the response can be read and continued. */
  readonly settle: () => void;
}

/** The source of both fronts' answers to creates: the responder, with all that has an id on the server. */
export interface Service {
  create(body: CreateBody, from: Origin): Reply | Refusal;
  /** Tokens that a create of that body would read. */
  countInput(body: CreateBody): number | Refusal;
  /** A window of one item in place of all that the body carries or refers to. */
  compact(body: CreateBody): object | Refusal;
  /** Deletes a stored response; false if there is none of that id. */
  forget(responseId: string): boolean;
}

/** A service that puts the responder together with stored responses and conversations. */
export function createService({
  respond,
  stored,
  conversations,
  count,
}: {
  respond: Responder;
  stored: StoredResponses;
  conversations: Conversations;
  /** Told of every response that is made. */
  count: (layout: ResponseLayout) => void;
}): Service {
  /** The body's items, with what it refers to in place of the references. */
  function inputOf(body: CreateBody): WireItem[] | Refusal {
    const conversationId = conversationIdOf(body);
    if (conversationId !== undefined && conversations.find(conversationId) === undefined) {
      return conversationNotFound(conversationId);
    }
    return resolveReferences(inputItemsOf(body), stored);
  }

  /** The body as a warm-up: it reads all and says nothing. */
  function read(body: CreateBody): ResponseLayout | Refusal {
    const input = inputOf(body);
    if (isRefusal(input)) return input;
    return respond(
      { ...body, input, generate: false },
      { findInSession: (id) => conversations.find(id)?.context },
    );
  }

  return {
    create(body, { connection, findInSession }) {
      const conversationId = conversationIdOf(body);
      const input = inputOf(body);
      if (isRefusal(input)) return input;
      const layout = respond(
        { ...body, input },
        {
          ...(connection && { connection }),
          findInSession: (id) => findInSession?.(id) ?? conversations.find(id)?.context,
        },
      );
      if (isRefusal(layout)) return layout;
      count(layout);
      return {
        layout,
        settle() {
          const { responseId: id, responseJson: json, response, context } = layout;
          const output = response.output.map((item): WireItem => ({ ...item }));
          if (conversationId !== undefined) {
            conversations.advance(conversationId, [...input, ...output], context);
          }
          if (!layout.store) return;
          const previousId = body.previous_response_id ?? undefined;
          const kept = input.map(withoutImageData);
          stored.save({ id, json, input: kept, output, previousId, context });
        },
      };
    },
    countInput(body) {
      const layout = read(body);
      return isRefusal(layout) ? layout : layout.inputTokens;
    },
    compact(body) {
      const layout = read(body);
      if (isRefusal(layout)) return layout;
      const id = layout.responseId.replace('resp_', '');
      return {
        id: `cmp_resp_${id}`,
        object: 'response.compaction',
        created_at: Math.floor(Date.now() / 1000),
        output: [compactionItem(`cmp_${id}`, layout.context)],
        usage: layout.response.usage,
      };
    },
    forget(responseId) {
      return stored.delete(responseId);
    },
  };
}

/** The refusal of a request that names a conversation which isn't there. */
export function conversationNotFound(id: string): Refusal {
  return refuse(404, `Conversation with id '${id}' not found.`, { param: 'conversation' });
}

/** Puts stored items where the client only names them. */
function resolveReferences(
  items: readonly WireItem[],
  stored: StoredResponses,
): WireItem[] | Refusal {
  const resolved: WireItem[] = [];
  for (const item of items) {
    const found = item.type === 'item_reference' ? referredTo(item, stored) : item;
    if (found === undefined) {
      const message = `Item with id '${String(item['id'])}' not found. Items are not persisted when 'store' is set to false.`;
      return refuse(404, message, { param: 'input' });
    }
    resolved.push(found);
  }
  return resolved;
}

function referredTo({ id }: WireItem, stored: StoredResponses): WireItem | undefined {
  return typeof id === 'string' ? stored.findItem(id) : undefined;
}
