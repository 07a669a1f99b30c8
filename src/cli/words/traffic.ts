import type { MadeScenario } from '../../app/record/make-scenario.ts';
import type { Traffic } from '../../record/proxy/observation.ts';
import { formatBytes } from '../../units.ts';

/** What there is to say of the traffic that passed: what the agent does with connections and history, and where its time went. */
export function trafficWords(traffic: Traffic, scenarios: readonly MadeScenario[]): string {
  const { requests, connections, requestBytes, chained, warmUps, compactions, failed } = traffic;
  const all = requests.http + requests.websocket;
  const more = [
    ...(warmUps > 0 ? [`${warmUps} to warm up`] : []),
    ...(compactions > 0 ? [`${compactions} to compact`] : []),
    ...(failed > 0 ? [`${failed} failed or not understood`] : []),
  ];
  return [
    `recorded ${all} requests, ${formatBytes(requestBytes)}${more.length > 0 ? ` (${more.join(', ')})` : ''}`,
    ...(requests.http > 0 ? [`  HTTP       ${reuse(requests.http, connections.http)}`] : []),
    ...(requests.websocket > 0
      ? [`  WebSocket  ${requests.websocket} requests on ${connections.websocket} connections`]
      : []),
    `  history    ${chained === 0 ? 'sent again with every request' : `${chained} of ${all} requests carry only what is new (previous_response_id)`}`,
    ...shares(traffic, scenarios),
  ].join('\n');
}

function reuse(requests: number, connections: number): string {
  const kept = connections < requests ? 'kept open and used again' : 'one for each request';
  return `${requests} requests on ${connections} connections: ${kept}`;
}

function shares({ openingMs }: Traffic, scenarios: readonly MadeScenario[]): string[] {
  const modelMs = scenarios.reduce((sum, { figures }) => sum + (figures.modelMs ?? 0), 0);
  const toolMs = scenarios.reduce((sum, { figures }) => sum + figures.toolMs, 0);
  const totalMs = modelMs + toolMs;
  if (totalMs === 0) return [];
  const share = (ms: number) => `${((100 * ms) / totalMs).toFixed(1)} %`;
  // Connections are opened while a request waits: their time is part of the model's.
  return [
    `  time       model ${share(Math.max(0, modelMs - openingMs))}, tools and the agent itself ${share(toolMs)}, opening connections ${share(Math.min(openingMs, modelMs))}`,
  ];
}
