import { RunError } from '../../errors.ts';
import { nowUs } from '../../measure/clock.ts';
import { startMarks } from '../../measure/marks.ts';
import type { CreateRequest } from '../../protocol/request.ts';
import { EndpointFailure } from '../../transport/failure.ts';
import { createTransport } from '../../transport/index.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { redact } from './redact.ts';

/**
 * Asks an endpoint one question that costs nothing: an empty request, which no model answers. Whatever error the API
 * gives back shows that it is one; what can't be reached, trusted or understood ends the run before it begins.
 * @throws RunError saying what is wrong and what to do about it.
 */
export async function preflight(
  endpoint: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const transport = createTransport('http', endpoint);
  const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const empty = {} as CreateRequest;
    const events = transport.exchange(empty, startMarks(nowUs()), AbortSignal.any([signal, limit]));
    for await (const _event of events) break;
  } catch (error) {
    if (signal.aborted) return;
    const advice = limit.aborted
      ? `no answer within ${timeoutMs} ms; is it up? --timeout sets how long to wait`
      : adviceFor(error, endpoint);
    if (advice !== undefined) {
      throw new RunError(`${endpoint.baseUrl.origin}${endpoint.baseUrl.pathname}: ${advice}`);
    }
  } finally {
    await transport.close();
  }
}

/** What to tell the user, or undefined if the endpoint speaks the Responses API. */
function adviceFor(error: unknown, endpoint: Endpoint): string | undefined {
  if (!(error instanceof EndpointFailure)) throw error;
  const { kind, status, code } = error;
  const said = redact(error.message, endpoint);
  switch (kind) {
    case 'unreachable':
      return `cannot connect: ${said}; check its host and port, and that the server is up`;
    case 'tls':
      return `TLS failed: ${said}; a plain HTTP server needs http://, a private authority --cacert <file>, and -k accepts any certificate`;
    case 'closed':
      return `the server closed the connection without an answer (${said}); does it want ${endpoint.baseUrl.protocol === 'https:' ? 'http' : 'https'}://?`;
    case 'not_responses':
    case 'protocol':
      return `not a Responses API: ${said}; --url takes the base URL, such as https://api.openai.com/v1`;
    case 'http_status':
      if (status === 401 || status === 403) {
        return `the server refused the credentials with status ${status}; --api-key-env names the variable that holds the key, -H adds headers`;
      }
      if ((status === 404 || status === 405) && code !== 'model_not_found') {
        return `nothing answers POST /responses there (status ${status}); --url takes the base URL, such as https://api.openai.com/v1`;
      }
      return undefined;
    case 'api_error':
    case 'incomplete':
    case 'timeout':
    case 'upgrade_refused':
    case 'internal':
      return undefined;
  }
}
