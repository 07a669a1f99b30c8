import { validateHeaderName, validateHeaderValue } from 'node:http';
import { UsageError } from '../../errors.ts';
import { toolVersion } from '../../tool-version.ts';
import type { Provider } from './settings/providers.ts';

/** Headers that describe the connection or the body: the transports set them. */
const reserved: ReadonlySet<string> = new Set([
  'accept',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The check of headers that a user wants sent.
 * @throws UsageError naming the header, never its value.
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new UsageError(
        `header ${JSON.stringify(name)}: expected a valid name and a value without line breaks or control characters`,
      );
    }
    const lower = name.toLowerCase();
    if (reserved.has(lower) || lower.startsWith('sec-websocket-')) {
      throw new UsageError(`header ${name}: set by the transports; leave it out`);
    }
  }
}

/**
 * The headers of every request and upgrade; a header of the user's wins over ours.
 * @param keyHeader the one that takes the key
 */
export function requestHeaders(
  apiKey: string | undefined,
  headers: Readonly<Record<string, string>> = {},
  keyHeader: Provider['keyHeader'] = 'authorization',
): Record<string, string> {
  return {
    'user-agent': `agent-latency-bench/${toolVersion()}`,
    ...(apiKey !== undefined && {
      [keyHeader]: keyHeader === 'authorization' ? `Bearer ${apiKey}` : apiKey,
    }),
    ...Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  };
}
