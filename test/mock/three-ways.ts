import { eventSchema } from './event-schema.ts';
import { connect, type Frame } from './mock-server.ts';

/** The ways in which a create can travel. */
export const ways = ['json', 'sse', 'ws'] as const;

export type Json = Record<string, unknown>;

/** What came back: a response object or an error, and the events where there are any. */
export interface Made {
  status: number;
  response: Json & { id: string; output: (Json & { type: string })[] };
  error: Json | undefined;
  events: Frame[];
}

/** A client that creates responses one way; every event that it gets is checked against the API's schema. */
export async function clientOf(
  way: (typeof ways)[number],
  url: string,
): Promise<(body: object) => Promise<Made>> {
  if (way === 'ws') {
    const client = await connect(url);
    return async (body) => {
      const events = await client.create({ store: true, ...body });
      const last = events.at(-1);
      if (last?.type !== 'error') return madeOf(events);
      const error = last['error'] as Json;
      return { status: last['status'] as number, response: nothing, error, events: [] };
    };
  }
  return async (body) => {
    const response = await fetch(`${url}/responses`, {
      method: 'POST',
      body: JSON.stringify({ model: 'greeter', ...body, ...(way === 'sse' && { stream: true }) }),
    });
    const { status } = response;
    const text = await response.text();
    if (status !== 200) {
      const { error } = JSON.parse(text) as { error: Json };
      return { status, response: nothing, error, events: [] };
    }
    if (way === 'sse') return madeOf(eventsOf(text));
    const whole = JSON.parse(text) as Made['response'];
    return { status, response: whole, error: undefined, events: [] };
  };
}

/** The events of an SSE body. */
export function eventsOf(text: string): Frame[] {
  const lines = text.split('\n').filter((line) => line.startsWith('data: {'));
  return lines.map((line) => JSON.parse(line.slice('data: '.length)) as Frame);
}

const nothing: Made['response'] = { id: '', output: [] };

function madeOf(events: Frame[]): Made {
  for (const event of events) eventSchema.parse(event);
  const response = events.at(-1)?.['response'] as Made['response'];
  return { status: 200, response, error: undefined, events };
}
