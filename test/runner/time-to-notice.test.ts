import { expect, it } from 'vitest';
import { startMarks } from '../../src/measure/marks.ts';
import { timeToNoticeUs } from '../../src/runner/step/time-to-notice.ts';

const NOTICED_US = 10_000;
const silent = { kind: 'timeout', code: undefined } as const;

it.each([
  ['from the hand-over, where nothing was answered', silent, { writeStartUs: 3000 }, 7000],
  ['from the last event', silent, { writeStartUs: 3000, lastEventUs: 9000 }, 1000],
  ['from the start, where nothing was handed over', silent, {}, 9000],
  [
    'for pings without a pong',
    { kind: 'closed', code: 'ping_timeout' },
    { writeStartUs: 4000 },
    6000,
  ],
  ['for an upgrade without an answer', { kind: 'upgrade_refused', code: 'timeout' }, {}, 9000],
  [
    'not at all, where the peer closed',
    { kind: 'closed', code: '1011' },
    { writeStartUs: 3000 },
    0,
  ],
  [
    'not at all, where the peer refused',
    { kind: 'http_status', code: 'slow_down' },
    { writeStartUs: 3000 },
    0,
  ],
] as const)('a failure goes unnoticed %s', (_when, failure, marks, us) => {
  expect(timeToNoticeUs(failure, { ...startMarks(1000), ...marks }, NOTICED_US)).toBe(us);
});
