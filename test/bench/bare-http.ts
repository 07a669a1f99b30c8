import { Client } from 'undici';
import type { Recording } from './recording.ts';
import type { Server, SessionTimes } from './session.ts';

/**
 * The least that an HTTP client can do: dispatch a body, split the stream at blank lines, parse every event, and the
 * next body after the terminal one. A step ends when the terminal event arrives, as ours does.
 */
export async function bareHttpSession(
  server: Server,
  bodies: Recording,
  policy: 'per-call' | 'kept',
): Promise<SessionTimes> {
  const stepsMs: number[] = [];
  const ends: Promise<void>[] = [];
  const sessionStartMs = performance.now();
  let sessionEndMs = NaN;
  let client: Client | undefined;
  for (const body of bodies) {
    const startMs = performance.now();
    const line = client ?? openClient(server);
    client = policy === 'kept' ? line : undefined;
    const { terminalMs, ended } = exchange(line, `${new URL(server.url).pathname}/responses`, body);
    sessionEndMs = await terminalMs;
    stepsMs.push(sessionEndMs - startMs);
    ends.push(policy === 'kept' ? ended : ended.then(() => line.destroy()));
  }
  await Promise.all(ends);
  await client?.destroy();
  return { stepsMs, sessionMs: sessionEndMs - sessionStartMs };
}

function openClient({ url, ca }: Server): Client {
  return new Client(new URL(url).origin, {
    pipelining: 1,
    ...(ca !== undefined && { connect: { ca } }),
  });
}

/** When the terminal event arrives, and when the whole answer is there. */
function exchange(
  client: Client,
  path: string,
  body: string,
): { terminalMs: Promise<number>; ended: Promise<void> } {
  const terminal = deferred<number>();
  const end = deferred<undefined>();
  const decoder = new TextDecoder();
  let rest = '';
  client.dispatch(
    {
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body,
    },
    {
      onRequestStart() {
        // undici knows its newer kind of handler by this method.
      },
      onResponseStart(_controller, status) {
        if (status !== 200) terminal.reject(new Error(`refused with status ${status}`));
      },
      onResponseData(_controller, chunk) {
        const arrivedMs = performance.now();
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = block.slice(block.indexOf('data: ') + 6);
          if (data === '[DONE]') continue;
          const event = JSON.parse(data) as { type: string };
          if (event.type === 'response.completed') terminal.resolve(arrivedMs);
        }
      },
      onResponseEnd() {
        terminal.reject(new Error('the stream ended before its terminal event'));
        end.resolve(undefined);
      },
      onResponseError(_controller, error) {
        terminal.reject(error);
        end.resolve(undefined);
      },
    },
  );
  return { terminalMs: terminal.promise, ended: end.promise };
}

function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
