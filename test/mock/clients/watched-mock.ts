import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { startRelay } from '../../support/relay.ts';
import type { Served } from '../../support/serve.ts';

/** `serve` as one test reaches it: through a relay of its own. */
export interface WatchedMock {
  baseURL: string;
  /** What has come through since this test began. */
  traffic: () => Promise<Traffic>;
}

interface Traffic {
  /** Requests that the mock answered with 200, by transport. */
  http: number;
  ws: number;
  /** Connections that the relay saw, open or not. */
  connections: number;
}

/** Puts a relay in front of a mock that nobody else uses meanwhile; it closes when the test ends. */
export async function watch({ url }: Served): Promise<WatchedMock> {
  const direct = new URL(url);
  const relay = await startRelay(Number(direct.port));
  onTestFinished(() => relay.close());
  const before = await readRequests(direct);
  const watched = new URL(url);
  watched.port = String(relay.port);
  return {
    baseURL: watched.href,
    traffic: async () => {
      const now = await readRequests(direct);
      return {
        // The look before was a request too.
        http: now.http - before.http - 1,
        ws: now.ws - before.ws,
        connections: relay.connections,
      };
    },
  };
}

/** Calls of a tool that the mocks of these tests make before their last text. */
export const CALLS = 10;

/** A tool loop makes one request per call and one for the text. */
export const REQUESTS = CALLS + 1;

/** The flags that make `serve` such a mock. */
export const toolLoop = ['--script', 'tool-loop', '--calls', String(CALLS)];

/** What a tool loop ends with. */
export const lastText = `Done after ${CALLS} tool outputs.`;

/** What the function tool of these tests takes. */
export const forecastInput = z.strictObject({
  city: z.string().min(1),
  days: z.number().int().min(1).max(14),
  units: z.enum(['celsius', 'fahrenheit']),
});

/** How many calls each response of the scenario `research` makes. */
export const researchBatches = [3, 4, 4, 4, 1];

/** What the function tools of `research` take. */
export const researchInputs = {
  web_search: z.strictObject({ query: z.string(), max_results: z.int() }),
  fetch_page: z.strictObject({ url: z.url() }),
  query_database: z.strictObject({ sql: z.string() }),
};

async function readRequests(mock: URL): Promise<{ http: number; ws: number }> {
  const text = await (await fetch(new URL('/metrics', mock))).text();
  const count = (transport: string): number => {
    const line = new RegExp(`requests_total{transport="${transport}",status="200"} (\\d+)`);
    return Number(line.exec(text)?.[1] ?? 0);
  };
  return { http: count('http'), ws: count('ws') };
}
