import { MOCK_PATH, type MockDescription } from '../../protocol/mock-identity.ts';
import type { FaultLog } from '../fault/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Models } from '../model/models.ts';
import { RESPONSES_PATH } from '../wire/path.ts';
import { jsonAnswer, jsonTextAnswer } from './answer.ts';
import type { Route } from './route.ts';

/**
 * The routes by which the server tells of itself: who it is, its health, its numbers, its models, and the faults if it was
 * told to fail.
 */
export function serverRoutes(
  metrics: Metrics,
  models: Models,
  description: MockDescription,
  faultLog: FaultLog | undefined,
): Route[] {
  const startedAt = Math.floor(Date.now() / 1000);
  return [
    {
      method: 'GET',
      path: /^\/healthz$/,
      isOpen: true,
      answer: () => jsonAnswer({ status: 'ok' }),
    },
    {
      method: 'POST',
      path: new RegExp(`^${RESPONSES_PATH}${MOCK_PATH}$`),
      answer: () => jsonAnswer(description),
    },
    {
      method: 'GET',
      path: /^\/metrics$/,
      answer: () => ({ kind: 'text', contentType: PROMETHEUS_TYPE, text: metrics.render() }),
    },
    {
      method: 'GET',
      path: /^\/v1\/models$/,
      answer: () =>
        jsonAnswer({
          object: 'list',
          data: models.names.map((id) => ({
            id,
            object: 'model',
            created: startedAt,
            owned_by: 'agent-latency-bench',
          })),
        }),
    },
    ...(faultLog === undefined
      ? []
      : [
          {
            method: 'GET' as const,
            path: /^\/debug\/faults$/,
            answer: () => jsonTextAnswer(faultLog.render()),
          },
        ]),
  ];
}

const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
