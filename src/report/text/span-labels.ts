import type { SpanKind } from '../../result/spans.ts';

/** The names of what a session does. */
export const spanLabels: Readonly<Record<SpanKind, string>> = {
  tool: 'tool',
  own: 'our own work',
  dial: 'dial',
  upload: 'upload',
  wait: 'wait',
  stream: 'stream',
  outage: 'outage',
};
