import { createResponder } from '../mock/answer/responder.ts';
import type { ResponseLayout } from '../mock/answer/response-layout.ts';
import { createService } from '../mock/answer/service.ts';
import { noTime, type Work } from '../mock/latency/engine.ts';
import { createConversations } from '../mock/memory/conversations.ts';
import { createSessionCaches } from '../mock/memory/session-cache.ts';
import { createStoredResponses } from '../mock/memory/stored-responses.ts';
import type { Models } from '../mock/model/models.ts';
import type { Profile } from '../mock/profile/schema.ts';
import type { CreateBody } from '../mock/wire/create-body.ts';
import { isRefusal, type Refusal } from '../mock/wire/refusal.ts';
import type { WireItem } from '../protocol/items.ts';
import type { CompactRequest, CreateRequest } from '../protocol/request.ts';

/** An answer of the bundled server, and the work that it takes: what a latency engine makes times of. */
export interface Answer {
  layout: ResponseLayout;
  work: Work;
  output: WireItem[];
}

/** The bundled server without a socket, as one session meets it. */
export interface Answers {
  create(request: CreateRequest): Answer;
  compact(request: CompactRequest): { json: string; output: WireItem[] };
}

/**
 * The answers to one session.
 * @param models one of them answers by the script's name
 * @param profile says what is held of a response, and what of a prompt the model server's cache spares
 * @param keepsSession whether the connection holds the responses that it carried
 */
export function createAnswers(models: Models, profile: Profile, keepsSession: boolean): Answers {
  let work: Work | undefined;
  const stored = createStoredResponses();
  const cache = createSessionCaches().open();
  const service = createService({
    respond: createResponder({
      models,
      profile,
      stored,
      engine: {
        time(asked) {
          work = asked;
          return noTime;
        },
      },
    }),
    stored,
    conversations: createConversations(),
    count: () => undefined,
  });

  return {
    create(request) {
      const { layout, settle } = granted(
        service.create(
          bodyOf(request),
          keepsSession ? { findInSession: (id) => cache.find(id) } : {},
        ),
      );
      if (work === undefined)
        throw new Error('an answer was made without asking how long it takes');
      if (keepsSession) cache.remember(layout.responseId, layout.context);
      settle();
      return {
        layout,
        work,
        output: layout.response.output.map((item): WireItem => ({ ...item })),
      };
    },
    compact(request) {
      const compacted = granted(service.compact(bodyOf(request)));
      const { output } = compacted as { output: WireItem[] };
      return { json: JSON.stringify(compacted), output };
    },
  };
}

/** Our own requests need no check: what we write, the server reads. */
function bodyOf(request: CreateRequest | CompactRequest): CreateBody {
  return request as unknown as CreateBody;
}

function granted<T extends object>(answer: T | Refusal): T {
  if (isRefusal(answer)) throw new Error(answer.error.message);
  return answer;
}
