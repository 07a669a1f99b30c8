import { isIP } from 'node:net';
import { UsageError } from '../../errors.ts';
import { hostOf } from '../../network/host.ts';

const expected = 'url: expected a base URL such as https://api.openai.com/v1';

/**
 * The base URL of an endpoint, as people write it: `ws://` and `wss://` are the HTTP beside them, and a host without a
 * scheme has TLS, unless it is on this machine or the local network.
 * @throws UsageError if it is none, or carries a user and password.
 */
export function baseUrlOf(text: string): URL {
  if (/^[^/?#]*@|:\/\/[^/?#]*@/.test(text)) {
    throw new UsageError(`${expected}, got one with a user or password; use a header instead`);
  }
  const whole = withScheme(text.trim());
  if (!URL.canParse(whole)) throw new UsageError(`${expected}, got ${JSON.stringify(text)}`);
  const url = new URL(whole);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`${expected}, got the protocol ${url.protocol}//`);
  }
  return url;
}

/** A host that can only be one: of several labels, an address, or with a port. */
const BARE_HOST =
  /^(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[\da-f:.]+\]|[\w.-]+(?=:\d))(?::\d{1,5})?(?=$|[/?])/i;

function withScheme(text: string): string {
  const bare = BARE_HOST.exec(text)?.[0];
  if (bare !== undefined)
    return `${isNear(new URL(`http://${bare}`)) ? 'http' : 'https'}://${text}`;
  return text.replace(/^ws(s?):\/\//i, 'http$1://');
}

function isNear({ hostname, port }: URL): boolean {
  if (port === '443') return false;
  const host = hostOf(hostname);
  return isIP(host) === 0 ? !host.includes('.') || NEAR_NAME.test(host) : NEAR_ADDRESS.test(host);
}

const NEAR_NAME = /\.(?:localhost|local|internal|lan|home\.arpa)$/;
/** Loopback, private and link-local addresses (RFC 1918, RFC 4193, RFC 6890). */
const NEAR_ADDRESS =
  /^(?:127|10|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.|^(?:0\.0\.0\.0|::1?)$|^f[cde]/;
