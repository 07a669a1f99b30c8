import { TIMING_EVENT } from '../../protocol/server-timing.ts';
import { stageNames } from '../profile/stages.ts';
import type { ResponseLayout } from './response-layout.ts';

/**
 * The ms that each stage takes, as the value of a `Server-Timing` header (W3C Server Timing): `admit;dur=1.2, …`; the
 * stages still to come are in it too, as far as a mock knows beforehand. Then the tokens of the prompt that had to be
 * rendered: `tokens_processed;desc="812"`.
 */
export function serverTiming({
  timing: { stageMs },
  tokensProcessed,
}: Pick<ResponseLayout, 'timing' | 'tokensProcessed'>): string {
  const entries = stageNames.flatMap((stage) => {
    const ms = stageMs[stage];
    return ms === undefined ? [] : [`${stage};dur=${rounded(ms)}`];
  });
  return [...entries, `tokens_processed;desc="${tokensProcessed}"`].join(', ');
}

/**
 * The same as the WebSocket event that clients ask for by a header of the handshake: the fields that the live service
 * is seen to send, and beside them the stages, the tokens processed, and who says so.
 */
export function timingEvent(
  {
    responseId,
    timing,
    tokensProcessed,
    outputTokens,
  }: Pick<ResponseLayout, 'responseId' | 'timing' | 'tokensProcessed' | 'outputTokens'>,
  identity: string,
): string {
  const { stageMs, beginMs, terminalMs } = timing;
  const firstTokenMs = timing.tokenMs(0) - beginMs;
  const betweenMs = outputTokens > 1 ? (stageMs.decode ?? 0) / (outputTokens - 1) : 0;
  return JSON.stringify({
    type: TIMING_EVENT,
    response_id: responseId,
    timing_metrics: {
      responses_duration_excl_engine_and_client_tool_time_ms: rounded(beginMs),
      engine_service_total_ms: rounded(terminalMs - beginMs),
      engine_iapi_ttft_total_ms: rounded(firstTokenMs),
      engine_service_ttft_total_ms: rounded(firstTokenMs),
      engine_iapi_tbt_across_engine_calls_ms: rounded(betweenMs),
      engine_service_tbt_across_engine_calls_ms: rounded(betweenMs),
      num_sampled_tokens_total: outputTokens,
      num_engine_calls: 1,
    },
    mock: identity,
    tokens_processed: tokensProcessed,
    stages_ms: Object.fromEntries(
      Object.entries(stageMs).map(([stage, ms]) => [stage, rounded(ms)]),
    ),
  });
}

/** To the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
