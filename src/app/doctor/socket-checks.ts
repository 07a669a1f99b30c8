import { setTimeout as delay } from 'node:timers/promises';
import { stringOf } from '../../protocol/foreign.ts';
import { formatBytes } from '../../units.ts';
import { type Check, differs, no, notAsked, yes } from './check.ts';
import { NO_RESPONSE, UNREAD } from './http-checks.ts';
import { goingOn, isWhole, itemsIn, readsOn } from './response-facts.ts';
import { AGE_LIMIT, type SocketAnswer } from './socket-asker.ts';

const MODE = 'Open Responses: WebSocket mode';
const CONTINUATION = `${MODE}, continuation`;

/** What it does over WebSocket. */
export const socketChecks: readonly Check[] = [
  {
    name: 'ws_upgrade',
    title: 'WebSocket upgrade',
    sent: 'GET /responses, Upgrade: websocket',
    calls: 0,
    needs: ['tcp'],
    async ask({ newSocket }) {
      const socket = await newSocket();
      socket.close();
      return yes('101');
    },
  },
  {
    name: 'ws_deflate',
    title: 'WebSocket compression',
    sent: 'permessage-deflate',
    calls: 0,
    needs: ['ws_upgrade'],
    async ask({ newSocket }) {
      const socket = await newSocket({ deflate: true });
      socket.close();
      return socket.deflate ? yes('agreed on') : no('declined');
    },
  },
  {
    name: 'ws_protocol',
    title: 'WebSocket subprotocol',
    sent: 'the offer of one named responses',
    calls: 0,
    needs: ['ws_upgrade'],
    async ask({ newSocket }) {
      const socket = await newSocket({ protocols: ['responses'] });
      socket.close();
      return socket.protocol === '' ? no('upgraded without it') : yes(`chose ${socket.protocol}`);
    },
  },
  {
    name: 'ws_create',
    title: 'response.create',
    sent: 'response.create',
    section: MODE,
    calls: 1,
    needs: ['ws_upgrade'],
    async ask({ socket }) {
      const answer = await (await socket()).ask({});
      return isWhole(answer.response) ? yes(socketWords(answer)) : no(socketWords(answer));
    },
  },
  {
    name: 'ws_sequence',
    title: 'events in sequence',
    sent: 'response.create',
    section: 'Open Responses: streaming events, sequence_number',
    calls: 1,
    needs: ['ws_create'],
    async ask({ socket }) {
      const { events } = await (await socket()).ask({});
      const numbers = events.map((event) => event['sequence_number']);
      if (numbers.every((number) => number === undefined)) return no('no sequence_number');
      const inOrder = numbers.every((number, index) => number === index);
      return inOrder ? yes(`0 to ${events.length - 1}`) : differs('numbers with gaps');
    },
  },
  {
    name: 'ws_chain',
    title: 'chains with store: false over WebSocket',
    sent: 'previous_response_id on the same connection',
    section: CONTINUATION,
    calls: 2,
    needs: ['ws_create'],
    async ask({ socket }) {
      const used = await socket();
      const first = await used.ask({});
      const second = await used.ask(goingOn(first.response));
      if (!isWhole(second.response)) return no(socketWords(second));
      return readsOn(first.response, second.response) === false
        ? differs(UNREAD)
        : yes(socketWords(second));
    },
  },
  {
    name: 'ws_miss',
    title: 'unknown response is missed',
    sent: 'previous_response_id of none',
    section: CONTINUATION,
    calls: 1,
    needs: ['ws_create'],
    async ask({ socket }) {
      const answer = await (await socket()).ask({ previous_response_id: NO_RESPONSE });
      if (isWhole(answer.response)) return no('an answer, as if there were one');
      return answer.error === 'previous_response_not_found'
        ? yes(socketWords(answer))
        : differs(socketWords(answer));
    },
  },
  {
    name: 'ws_survives_error',
    title: 'WebSocket stays open after an error',
    sent: 'the same, then response.create',
    calls: 2,
    needs: ['ws_create'],
    async ask({ newSocket }) {
      const socket = await newSocket();
      await socket.ask({ previous_response_id: NO_RESPONSE });
      const answer = await socket.ask({});
      return isWhole(answer.response) ? yes(socketWords(answer)) : no(socketWords(answer));
    },
  },
  {
    name: 'ws_eviction',
    title: 'eviction after a failed continuation',
    sent: 'a result of no call, then the same response again',
    section: CONTINUATION,
    calls: 3,
    needs: ['ws_chain'],
    async ask({ socket }) {
      const used = await socket();
      const first = await used.ask({});
      const output = { type: 'function_call_output', call_id: 'call_of_nobody', output: 'x' };
      const failed = await used.ask({ ...goingOn(first.response), input: [output] });
      if (failed.error === undefined) return notAsked('a result of no call was taken');
      const again = await used.ask(goingOn(first.response));
      return isWhole(again.response) ? no('went on from it') : yes(socketWords(again));
    },
  },
  {
    name: 'ws_warm_up',
    title: 'warm-up',
    sent: 'generate: false',
    calls: 2,
    needs: ['ws_create'],
    async ask({ socket }) {
      const used = await socket();
      const warm = await used.ask({ generate: false });
      if (!isWhole(warm.response)) return no(socketWords(warm));
      if (itemsIn(warm.response) > 0) return no('an answer all the same');
      const next = await used.ask(goingOn(warm.response));
      return isWhole(next.response)
        ? yes('nothing said, then gone on from')
        : differs(socketWords(next));
    },
  },
  {
    name: 'ws_lanes',
    title: 'lanes',
    sent: 'two response.create at once, each with a stream_id',
    calls: 2,
    needs: ['ws_create'],
    async ask({ newSocket }) {
      const socket = await newSocket();
      const answers = await Promise.all(
        ['a', 'b'].map((lane) => socket.ask({ stream_id: lane }).catch(failedWith)),
      );
      const bad = answers.find(({ response }) => !isWhole(response));
      if (bad !== undefined) return no(socketWords(bad));
      const told = answers.every(({ events }) => events.every((event) => 'stream_id' in event));
      return told ? yes('two answers, each on its lane') : no('answers without stream_id');
    },
  },
  {
    name: 'ws_ping',
    title: 'ping',
    sent: 'a ping frame',
    calls: 0,
    needs: ['ws_upgrade'],
    async ask({ socket }) {
      return yes(`a pong after ${(await (await socket()).ping()).toFixed(1)} ms`);
    },
  },
  {
    name: 'ws_idle',
    title: 'keeps an idle connection',
    sent: 'nothing, then response.create',
    calls: 2,
    needs: ['ws_create'],
    async ask({ newSocket, idleMs }) {
      if (idleMs === undefined) return notAsked('--idle 70s asks');
      const socket = await newSocket();
      await socket.ask({});
      await delay(idleMs);
      const waited = `after ${idleMs / 1000} s`;
      if (!socket.isOpen()) return no(`${socket.closedBy() ?? 'closed'} ${waited}`);
      const answer = await socket.ask({}).catch(failedWith);
      return isWhole(answer.response)
        ? yes(`an answer ${waited}`)
        : no(`${socketWords(answer)} ${waited}`);
    },
  },
  {
    name: 'ws_age',
    title: 'says that a connection is too old',
    sent: 'nothing',
    section: `${MODE}, connection limit`,
    calls: 0,
    needs: ['ws_create'],
    ask({ ageLimitMs }) {
      return Promise.resolve(
        ageLimitMs === undefined
          ? notAsked('none grew too old; the specification says 60 minutes')
          : yes(`${AGE_LIMIT} after ${(ageLimitMs / 1000).toFixed(1)} s`),
      );
    },
  },
  {
    name: 'ws_frame',
    title: 'takes a long message',
    sent: 'a response.create that is refused for its previous_response_id',
    calls: 0,
    // Were it answered, all of it would be billed.
    needs: ['ws_miss'],
    async ask({ newSocket, frameBytes }) {
      if (frameBytes === undefined) return notAsked('--frame 1MiB asks');
      const socket = await newSocket();
      const answer = await socket
        .ask({ previous_response_id: NO_RESPONSE, input: 'x'.repeat(frameBytes) })
        .catch(failedWith);
      const size = formatBytes(frameBytes);
      return socket.isOpen() && answer.error === 'previous_response_not_found'
        ? yes(`${size} read`)
        : no(`${socketWords(answer)} at ${size}`);
    },
  },
];

function failedWith(error: Error): SocketAnswer {
  return { events: [], response: {}, error: error.message };
}

/** What became of a request. */
export function socketWords({ error, events, response }: SocketAnswer): string {
  return error ?? `${events.length} events, ${stringOf(response['status']) || 'no response'}`;
}
