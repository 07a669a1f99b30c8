/** Headers of a Server-Sent Events stream. */
export const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
};

/** One event of a Server-Sent Events stream, the blank line that ends it included. */
export function sseEvent(type: string, json: string): string {
  return `event: ${type}\ndata: ${json}\n\n`;
}

/** The end of a stream: not needed by readers, but asked of servers by the Open Responses specification. */
export const SSE_DONE = 'data: [DONE]\n\n';
