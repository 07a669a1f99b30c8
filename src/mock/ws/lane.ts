import { type Refusal, refuse } from '../wire/refusal.ts';

/** The lane that a create names (`stream_id`), if any. */
export function laneOf(frame: Readonly<Record<string, unknown>>): string | undefined | Refusal {
  const lane = frame['stream_id'] ?? undefined;
  if (lane === undefined) return undefined;
  if (typeof lane === 'string' && /^[A-Za-z0-9_.-]{1,256}$/.test(lane)) return lane;
  const message =
    "Invalid 'stream_id': expected 1 to 256 characters, only letters, numbers, '_', '-' and '.'.";
  return refuse(400, message, { code: 'invalid_stream_id', param: 'stream_id' });
}

/** An event as JSON, with the lane that it belongs to. */
export function withLane(json: string, lane: string | undefined): string {
  return lane === undefined ? json : `${json.slice(0, -1)},"stream_id":"${lane}"}`;
}
