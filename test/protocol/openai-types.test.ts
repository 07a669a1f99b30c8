import type {
  ResponseCreateParams,
  ResponseInputItem,
  ResponseOutputItem,
  ResponseStreamEvent,
  ResponsesClientEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses';
import { describe, expectTypeOf, it } from 'vitest';
import type { ServerEvent } from '../../src/protocol/events.ts';
import type { InputItem, OutputItem } from '../../src/protocol/items.ts';
import type { CreateRequest, ResponseCreate } from '../../src/protocol/request.ts';
import type { Usage } from '../../src/protocol/response.ts';

/*
 * The official package is the yardstick. These checks run in the compiler: `npm run typecheck` fails where our types don't fit.
 */

type EventType = ServerEvent['type'];
type OfficialEventOf<T extends string> = Extract<ResponseStreamEvent, { type: T }>;

/** Our event of that type; one member of ours may stand for several types. */
type EventOf<T extends EventType, E = ServerEvent> = E extends { type: infer Types }
  ? T extends Types
    ? Omit<E, 'type'> & { type: T }
    : never
  : never;

/** The event types that don't fit: `never` if all do. */
type Misfit<T extends EventType> = T extends EventType
  ? [EventOf<T>] extends [WireForm<OfficialEventOf<T>>]
    ? never
    : T
  : never;

/**
 * The package's response as it is on the wire: `output_text` is added by its client; tools and tool choice
 * are echoed as they came, so their types are the requester's; usage is null until the response ends.
 */
type WireForm<E> = E extends { response: infer R }
  ? Omit<E, 'response'> & {
      response: Omit<R, 'output_text' | 'tools' | 'tool_choice' | 'usage'> & {
        usage?: ResponseUsage | null;
      };
    }
  : E;

describe('our wire types fit those of the openai package', () => {
  it('every event that our server writes', () => {
    expectTypeOf<Misfit<EventType>>().toBeNever();
  });

  it('every event type is known to the package', () => {
    expectTypeOf<Exclude<EventType, ResponseStreamEvent['type']>>().toBeNever();
  });

  it('items, in both directions of travel', () => {
    expectTypeOf<OutputItem>().toExtend<ResponseOutputItem>();
    expectTypeOf<InputItem>().toExtend<ResponseInputItem>();
  });

  it('requests over HTTP and WebSocket', () => {
    expectTypeOf<CreateRequest & { stream: true }>().toExtend<ResponseCreateParams>();
    expectTypeOf<CreateRequest & { stream: false }>().toExtend<ResponseCreateParams>();
    expectTypeOf<ResponseCreate>().toExtend<
      Extract<ResponsesClientEvent, { type: 'response.create' }>
    >();
  });

  it('usage', () => {
    expectTypeOf<Usage>().toExtend<ResponseUsage>();
  });
});
