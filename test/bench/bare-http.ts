import { Client } from 'undici';
import type { Recording } from './recording.ts';
import type { Server, SessionTimes } from './session.ts';

/**
 * The least that an HTTP client can do: dispatch a body, split the stream at blank lines, parse every event.
 * A step ends when the terminal event arrives, as ours does.
 */
export async function bareHttpSession(
  server: Server,
  bodies: Recording,
  policy: 'per-call' | 'kept',
): Promise<SessionTimes> {
  const stepsMs: number[] = [];
  const sessionStartMs = performance.now();
  let sessionEndMs = NaN;
  let client: Client | undefined;
  for (const body of bodies) {
    const startMs = performance.now();
    client ??= openClient(server);
    sessionEndMs = await exchange(client, `${new URL(server.url).pathname}/responses`, body);
    stepsMs.push(sessionEndMs - startMs);
    if (policy === 'per-call') {
      void client.destroy();
      client = undefined;
    }
  }
  await client?.destroy();
  return { stepsMs, sessionMs: sessionEndMs - sessionStartMs };
}

function openClient({ url, ca }: Server): Client {
  return new Client(new URL(url).origin, {
    pipelining: 1,
    ...(ca !== undefined && { connect: { ca } }),
  });
}

/** When the terminal event arrived. Resolves at the end of the body, so that the connection is free again. */
function exchange(client: Client, path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let rest = '';
    let terminalMs = NaN;
    client.dispatch(
      {
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body,
      },
      {
        // undici knows its newer kind of handler by this.
        onRequestStart() {},
        onResponseStart(_controller, status) {
          if (status !== 200) reject(new Error(`refused with status ${status}`));
        },
        onResponseData(_controller, chunk) {
          const arrivedMs = performance.now();
          const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) {
            const data = block.slice(block.indexOf('data: ') + 6);
            if (data === '[DONE]') continue;
            const event = JSON.parse(data) as { type: string };
            if (event.type === 'response.completed') terminalMs = arrivedMs;
          }
        },
        onResponseEnd() {
          resolve(terminalMs);
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
