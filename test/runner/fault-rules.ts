import type { Failure, RecoveryRecord } from '../../src/result/record.ts';
import type { RecoveryLimits } from '../../src/runner/recovery/recovery.ts';
import type { TransportName } from '../../src/transport/index.ts';

/** How the workflows of a cell end. */
export type End =
  /** All complete as if nothing had been. */
  | { ends: 'untouched' }
  /** All complete, those that were struck by these means. */
  | { ends: 'recovered'; by: RecoveryRecord['action'][] }
  /** All complete; whether any is struck is a matter of time. */
  | { ends: 'completed' }
  /** Those that were struck fail like this, the others complete. */
  | { ends: 'some failed'; as: Failure }
  /** All fail like this. */
  | { ends: 'failed'; as: Failure };

/** What a fault does to every arm. */
export interface Rule {
  fault: string;
  why: string;
  limits?: Partial<RecoveryLimits>;
  timeoutMs?: number;
  connectTimeoutMs?: number;
  /** Over HTTP, and over WebSocket. */
  http: End;
  ws: End;
  /** Arms that differ from their kind. */
  but?: Partial<Record<TransportName, End>>;
}

const untouched: End = { ends: 'untouched' };
const by = (...actions: RecoveryRecord['action'][]): End => ({ ends: 'recovered', by: actions });
const some = (as: Failure): End => ({ ends: 'some failed', as });
const all = (as: Failure): End => ({ ends: 'failed', as });
/** Strikes twice among the first requests, whatever their order. */
const twice = (fault: string): string => `${fault}@call3,${fault}@call11`;
const noneOverHttp = { http: untouched };
const retrying = { limits: { retries: 3 } };
const partial = { limits: { retries: 3, retryPartial: true } };

/** After so many events output has begun. */
const LATE = '@event6';

/** Every fault of the mock, and the rule that it meets. */
export const rules: readonly Rule[] = [
  { fault: '', why: 'nothing goes wrong', http: untouched, ws: untouched },

  ...['upgrade:426', 'upgrade:403@0.3,upgrade:404@0.3,upgrade:405@0.3,upgrade:501'].map(
    (fault) => ({
      fault,
      why: 'no WebSocket there: HTTP at once',
      ...noneOverHttp,
      ws: by('fall_back'),
    }),
  ),
  {
    fault: 'upgrade:hang',
    why: 'whoever is silent speaks no WebSocket either',
    // HTTP has to connect in it too, on a busy machine.
    connectTimeoutMs: 4000,
    ...noneOverHttp,
    ws: by('fall_back'),
  },
  {
    fault: 'upgrade:503',
    why: 'the upgrade alone may be what is overloaded',
    ...noneOverHttp,
    ws: by('fall_back'),
  },
  {
    fault: twice('upgrade:429'),
    why: 'a refusal for now is tried again',
    ...retrying,
    ...noneOverHttp,
    ws: by('retry'),
  },
  {
    fault: 'upgrade:401',
    why: 'credentials are no better over HTTP',
    ...noneOverHttp,
    ws: all({ kind: 'upgrade_refused', status: 401 }),
  },

  {
    fault: twice('503'),
    why: 'no retries unless asked for',
    http: some({ kind: 'http_status', status: 503, code: 'server_is_overloaded' }),
    ws: some({ kind: 'api_error', status: 503, code: 'server_is_overloaded' }),
  },
  ...['408:1ms@call3,409:1ms@call11,500:1ms@call17', '429:1ms@call3,503:1ms@call11'].map(
    (fault) => ({
      fault,
      why: 'passes: tried again when the server says',
      ...retrying,
      http: by('retry'),
      ws: by('retry'),
    }),
  ),
  {
    fault: twice('429:2m'),
    why: 'nobody waits for longer than a minute',
    ...retrying,
    http: some({ kind: 'http_status', status: 429, code: 'rate_limit_exceeded' }),
    ws: some({ kind: 'api_error', status: 429, code: 'rate_limit_exceeded' }),
  },
  {
    fault: twice('429:credit_balance_exhausted'),
    why: 'money does not come back by waiting',
    ...retrying,
    http: some({ kind: 'http_status', status: 429, code: 'credit_balance_exhausted' }),
    ws: some({ kind: 'api_error', status: 429, code: 'credit_balance_exhausted' }),
  },
  {
    fault: twice('401'),
    why: 'never tried again',
    ...retrying,
    http: some({ kind: 'http_status', status: 401, code: 'invalid_api_key' }),
    ws: some({ kind: 'api_error', status: 401, code: 'invalid_api_key' }),
  },

  {
    fault: twice('fail'),
    why: 'the model failed before it said anything',
    ...retrying,
    http: by('retry'),
    ws: by('retry'),
  },
  {
    fault: twice(`fail${LATE}`),
    why: 'output had begun',
    ...retrying,
    http: some({ kind: 'api_error', code: 'server_error' }),
    ws: some({ kind: 'api_error', code: 'server_error' }),
  },
  {
    fault: twice(`fail${LATE}`),
    why: 'output had begun, and is paid for twice',
    ...partial,
    http: by('retry'),
    ws: by('retry'),
  },

  {
    fault: twice('close'),
    why: 'lost before output: a new connection',
    ...noneOverHttp,
    ws: by('reconnect'),
  },
  {
    fault: twice(`close:1013${LATE}`),
    why: 'lost after output began',
    ...noneOverHttp,
    ws: some({ kind: 'closed', code: '1013' }),
  },
  {
    fault: twice(`close${LATE}`),
    why: 'lost after output began, asked to go on',
    ...partial,
    ...noneOverHttp,
    ws: by('reconnect'),
  },
  {
    fault: twice('reset'),
    why: 'lost before output: a new connection',
    http: by('reconnect'),
    ws: by('reconnect'),
  },
  {
    fault: twice(`reset${LATE}`),
    why: 'lost after output began',
    http: some({ kind: 'closed' }),
    ws: some({ kind: 'closed' }),
  },
  {
    fault: twice(`reset${LATE}`),
    why: 'lost after output began, asked to go on',
    ...partial,
    http: by('reconnect'),
    ws: by('reconnect'),
  },
  {
    fault: twice('garbage'),
    why: 'what talks nonsense is hung up on',
    http: by('reconnect'),
    ws: by('reconnect'),
  },
  {
    fault: 'garbage',
    why: 'two new connections per step, and no more',
    http: all({ kind: 'protocol' }),
    ws: all({ kind: 'protocol' }),
  },
  {
    fault: 'oversize@call3',
    why: 'no answer is that long',
    http: { ends: 'completed' },
    ws: { ends: 'completed' },
  },

  {
    fault: 'stall',
    why: 'the deadline is for the whole step',
    timeoutMs: 400,
    http: all({ kind: 'timeout' }),
    ws: all({ kind: 'timeout' }),
  },
  { fault: 'stall:5ms', why: 'slow is no failure', http: untouched, ws: untouched },
  { fault: 'buffer:5ms', why: 'late is no failure', http: untouched, ws: untouched },
  { fault: 'slow-read:5ms', why: 'slow is no failure', http: untouched, ws: untouched },

  {
    fault: 'half-open:1m',
    why: 'nothing lies idle that long',
    http: untouched,
    ws: untouched,
  },
  {
    fault: 'age:20ms@call3',
    why: 'a connection that grew too old is replaced',
    ...noneOverHttp,
    ws: { ends: 'completed' },
  },
  ...['forget', 'forget:invalid'].map((fault) => ({
    fault,
    why: 'what the server forgot is sent again, whole',
    ...noneOverHttp,
    ws: by('resend'),
    // Refers to nothing.
    but: { 'ws-full': untouched },
  })),
  {
    fault: 'flaky',
    why: 'some of everything, and tenacity',
    limits: { retries: 6, retryPartial: true },
    http: { ends: 'completed' },
    ws: { ends: 'completed' },
  },
];
