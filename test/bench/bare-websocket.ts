import { once } from 'node:events';
import WebSocket from 'ws';
import { TIMING_HEADER } from '../../src/protocol/server-timing.ts';
import type { Recording } from './recording.ts';
import type { Server, SessionTimes } from './session.ts';

/** A recorded frame; the id of the response that it continues belongs between the parts. */
type PreparedFrame = readonly [before: string, after: string] | readonly [whole: string];

/** Cuts recorded frames where the id of the previous response stands: every session is given ids of its own. */
export function prepareFrames(recording: Recording): PreparedFrame[] {
  return recording.map((frame) => {
    const { previous_response_id: id } = JSON.parse(frame) as { previous_response_id?: string };
    if (id === undefined) return [frame];
    const [before, after, ...more] = frame.split(id);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error('expected the id of the previous response once in its frame');
    }
    return [before, after];
  });
}

/**
 * The least that a WebSocket client can do: send a frame, parse every event, and the next frame after the terminal one.
 * A step ends when the terminal event arrives, as ours does; the first includes the handshakes.
 */
export async function bareWebSocketSession(
  { url, ca }: Server,
  frames: readonly PreparedFrame[],
): Promise<SessionTimes> {
  const stepsMs: number[] = [];
  const sessionStartMs = performance.now();
  let startMs = sessionStartMs;
  let sessionEndMs = NaN;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/responses`, {
    perMessageDeflate: false,
    // As ours does: it is an event more to parse.
    headers: { [TIMING_HEADER]: 'true' },
    ...(ca !== undefined && { ca }),
  });
  await once(socket, 'open');

  await new Promise<void>((resolve, reject) => {
    const send = (previousId: string): void => {
      const [before, after] = frames[stepsMs.length] ?? [''];
      socket.send(after === undefined ? before : before + previousId + after);
    };
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const arrivedMs = performance.now();
      const event = JSON.parse(data.toString()) as { type: string; response: { id: string } };
      if (event.type === 'error') reject(new Error(`refused: ${data.toString()}`));
      if (event.type !== 'response.completed') return;
      stepsMs.push(arrivedMs - startMs);
      if (stepsMs.length === frames.length) {
        sessionEndMs = arrivedMs;
        resolve();
        return;
      }
      startMs = performance.now();
      send(event.response.id);
    });
    send('');
  });
  socket.close();
  await once(socket, 'close');
  return { stepsMs, sessionMs: sessionEndMs - sessionStartMs };
}
