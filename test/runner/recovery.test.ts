import { describe, expect, it } from 'vitest';
import {
  causeOf,
  decide,
  defaultRecovery,
  type Recovery,
  type Situation,
} from '../../src/runner/recovery/recovery.ts';
import { EndpointFailure, type FailureKind } from '../../src/transport/failure.ts';

type Details = ConstructorParameters<typeof EndpointFailure>[2];

const failure = (kind: FailureKind, details: Details = {}): EndpointFailure =>
  new EndpointFailure(kind, 'as told', details);

const fresh: Situation = {
  outputBegan: false,
  reconnects: 0,
  unheard: 0,
  continued: true,
  retries: 0,
  mayFallBack: true,
  dispensable: undefined,
  leftMs: 60_000,
  draw: 0.5,
};
const twice = { ...defaultRecovery, retries: 2 };
const partial = { ...twice, retryPartial: true };
const onHttp = { mayFallBack: false };
const refused = (status: number, code?: string) => failure('http_status', { status, code });
const notFound = failure('api_error', { status: 400, code: 'previous_response_not_found' });
const tooOld = failure('api_error', { status: 400, code: 'websocket_connection_limit_reached' });
const upgrade = (status: number) => failure('upgrade_refused', { status });
const brokenOff = failure('upgrade_refused', { code: 'ECONNRESET' });
const frame = (status: number | undefined, code: string) => failure('api_error', { status, code });

const closed = (code: string) => failure('closed', { code });

describe('the recovery policy', () => {
  const giveUp: Recovery = { action: 'give_up' };
  // Base 500 ms, half of it drawn.
  const retry: Recovery = { action: 'retry', afterMs: 250 };

  it.each<[string, EndpointFailure, Recovery, Partial<Situation>?, typeof twice?]>([
    ['a connection closed before output is replaced', failure('closed'), { action: 'reconnect' }],
    [
      'so is one that answered no ping',
      failure('closed', { code: 'ping_timeout' }),
      { action: 'reconnect' },
    ],
    ['so is one that spoke nonsense', failure('protocol'), { action: 'reconnect' }],
    ['a second time too', failure('closed'), { action: 'reconnect' }, { reconnects: 1 }],
    ['but not a third', failure('closed'), giveUp, { reconnects: 2 }],
    [
      'a field that is refused, and can be done without, is left out',
      refused(400),
      { action: 'leave_out', field: 'include' },
      { dispensable: 'include' },
    ],
    ...['1008', '4001', '1006'].map((code): [string, EndpointFailure, Recovery, object] => [
      `a WebSocket that closes with ${code} before a word, twice, is done without`,
      closed(code),
      { action: 'fall_back' },
      { unheard: 2, reconnects: 1 },
    ]),
    ['once is no pattern', closed('1008'), { action: 'reconnect' }, { unheard: 1 }],
    [
      'without HTTP the connection is replaced as before',
      closed('1008'),
      { action: 'reconnect' },
      { ...onHttp, unheard: 2, reconnects: 1 },
    ],
    ['a frame too big fits into a request', closed('1009'), { action: 'fall_back' }],
    ['whoever says so', frame(413, 'message_too_big'), { action: 'fall_back' }],
    ['a request too big fits into nothing', refused(413), giveUp, onHttp],
    ['HTTP reconnects as well', failure('closed'), { action: 'reconnect' }, onHttp],
    ['after output began the step has failed', failure('closed'), giveUp, { outputBegan: true }],
    [
      'unless partial answers may be asked for again',
      failure('closed'),
      { action: 'reconnect' },
      { outputBegan: true },
      partial,
    ],
    ['no HTTP/2 stays no HTTP/2', failure('protocol', { code: 'no_h2' }), giveUp],

    ['a forgotten response: everything again, same connection', notFound, { action: 'resend' }],
    ['which cannot help what was sent with everything', notFound, giveUp, { continued: false }],
    ['a connection too old is exchanged', tooOld, { action: 'rotate' }],
    ['within the bound of reconnects', tooOld, giveUp, { reconnects: 2 }],

    ...[200, 302, 400, 403, 404, 405, 426, 501].map(
      (status): [string, EndpointFailure, Recovery] => [
        `an upgrade refused by ${status} means no WebSocket here`,
        upgrade(status),
        { action: 'fall_back' },
      ],
    ),
    ['without HTTP standing by that is the end', upgrade(426), giveUp, onHttp],
    ['no retry changes it', upgrade(426), giveUp, onHttp, twice],
    [
      'an upgrade that is never answered',
      failure('upgrade_refused', { code: 'timeout' }),
      { action: 'fall_back' },
    ],
    ['an upgrade broken off is tried again', brokenOff, { action: 'reconnect' }],
    ['and again', brokenOff, { action: 'reconnect' }, { reconnects: 1 }],
    ['then something on the way wants none', brokenOff, { action: 'fall_back' }, { reconnects: 2 }],
    ['or it fails without HTTP', brokenOff, giveUp, { ...onHttp, reconnects: 2 }],
    ['a dial that times out', failure('timeout', { code: 'connect' }), { action: 'fall_back' }],
    ['over HTTP there is nothing left', failure('timeout', { code: 'connect' }), giveUp, onHttp],
    ['a wrong key is wrong over HTTP too', upgrade(401), giveUp],
    ['a busy upgrade is retried first', upgrade(503), retry, {}, twice],
    ['then falls back', upgrade(503), { action: 'fall_back' }, { retries: 2 }, twice],
    ['at once where nothing is retried', upgrade(429), { action: 'fall_back' }],
    ['or fails without HTTP', upgrade(429), giveUp, onHttp],
    ['a broken server speaks HTTP no better', refused(500), giveUp],

    ...[408, 409, 425, 429, 500, 502, 503, 529].map(
      (status): [string, EndpointFailure, Recovery, object, typeof twice] => [
        `HTTP status ${status} passes`,
        refused(status),
        retry,
        {},
        twice,
      ],
    ),
    ['not without leave', refused(503), giveUp],
    ['not for ever', refused(503), giveUp, { retries: 2 }, twice],
    [
      'each wait may be twice as long',
      refused(503),
      { ...retry, afterMs: 500 },
      { retries: 1 },
      twice,
    ],
    ...[400, 401, 403, 404, 413, 422].map(
      (status): [string, EndpointFailure, Recovery, object, typeof twice] => [
        `HTTP status ${status} does not pass`,
        refused(status),
        giveUp,
        {},
        twice,
      ],
    ),
    ...[
      'insufficient_quota',
      'credit_balance_exhausted',
      'organization_spend_limit_exceeded',
      'project_spend_limit_exceeded',
    ].map((code): [string, EndpointFailure, Recovery, object, typeof twice] => [
      `429 for ${code} needs money, not time`,
      refused(429, code),
      giveUp,
      {},
      twice,
    ]),
    ['429 for the rate needs time', refused(429, 'rate_limit_exceeded'), retry, {}, twice],
    ['an error frame counts by its status', frame(503, 'whatever'), retry, {}, twice],
    ['also against its code', frame(400, 'server_error'), giveUp, {}, twice],
    ...[
      'server_error',
      'server_is_overloaded',
      'rate_limit_exceeded',
      'slow_down',
      'too_many_requests',
      'TOO_MANY_REQUESTS',
      '429',
      '503',
    ].map((code): [string, EndpointFailure, Recovery, object, typeof twice] => [
      `a response that failed by ${code}`,
      frame(undefined, code),
      retry,
      {},
      twice,
    ]),
    ...['400', '404', '7', '5000'].map(
      (code): [string, EndpointFailure, Recovery, object, typeof twice] => [
        `nor does one that failed by ${code}`,
        frame(undefined, code),
        giveUp,
        { continued: false },
        twice,
      ],
    ),
    ['a response that failed by its prompt', frame(undefined, 'invalid_prompt'), giveUp, {}, twice],
    [
      'nobody there: maybe later',
      failure('unreachable', { code: 'ECONNREFUSED' }),
      retry,
      {},
      twice,
    ],
    [
      'after output began nothing is retried',
      frame(undefined, 'server_error'),
      giveUp,
      { outputBegan: true },
      twice,
    ],
    [
      'unless that is allowed',
      frame(undefined, 'server_error'),
      retry,
      { outputBegan: true },
      partial,
    ],

    [
      'the server says how long',
      failure('http_status', { status: 429, retryAfterMs: 1500 }),
      { action: 'retry', afterMs: 1500 },
      {},
      twice,
    ],
    [
      'more than a minute is not waited for',
      failure('http_status', { status: 429, retryAfterMs: 60_001 }),
      giveUp,
      { leftMs: 1e6 },
      twice,
    ],
    [
      'nor past the deadline',
      failure('http_status', { status: 429, retryAfterMs: 1500 }),
      giveUp,
      { leftMs: 1500 },
      twice,
    ],
    ['drawn or asked for alike', refused(503), giveUp, { leftMs: 250 }, twice],
    [
      'an upgrade that asks for too long a wait falls back',
      failure('upgrade_refused', { status: 503, retryAfterMs: 90_000 }),
      { action: 'fall_back' },
      {},
      twice,
    ],
    [
      'a server that asks not to be tried again is heard',
      failure('http_status', { status: 503, retryable: false }),
      giveUp,
      {},
      twice,
    ],
    [
      'and one that asks to be',
      failure('http_status', { status: 425, retryable: true }),
      retry,
      {},
      twice,
    ],

    ['out of time is out of time', failure('timeout'), giveUp, {}, twice],
    ['a certificate does not get better', failure('tls'), giveUp, {}, twice],
    [
      'something else altogether answers',
      failure('not_responses', { status: 200 }),
      giveUp,
      {},
      twice,
    ],
    ['an answer cut by its limit', failure('incomplete'), giveUp, {}, twice],
  ])('%s', (_reason, cause, expected, situation = {}, limits = defaultRecovery) => {
    expect(decide(cause, { ...fresh, ...situation }, limits)).toEqual(expected);
  });
});

describe('what is not found', () => {
  const lost = 'previous_response_not_found';

  it.each<[string, EndpointFailure, boolean, string | undefined]>([
    ['is the response gone on from', failure('http_status', { status: 404 }), true, lost],
    ['whatever its code', failure('api_error', { status: 404, code: 'NotFoundError' }), true, lost],
    ['also where a code is all there is', frame(undefined, '404'), true, lost],
    ['but not without one', failure('http_status', { status: 404 }), false, undefined],
    ['nor is a model', refused(404, 'model_not_found'), true, 'model_not_found'],
    ['nor an upgrade', upgrade(404), true, undefined],
    ['nor what is wrong otherwise', refused(400, 'invalid'), true, 'invalid'],
  ])('%s', (_why, cause, continued, code) => {
    expect(causeOf(cause, continued).code).toBe(code);
  });
});
