import type { LookupAddress } from 'node:dns';
import { UsageError } from '../errors.ts';
import { hostOf } from './host.ts';

/** A proxy that every connection is tunnelled through, by CONNECT: also one to a plain `http://` endpoint. */
export interface Proxy {
  /** Name or IP literal, an IPv6 one without brackets. */
  host: string;
  port: number;
  /** In place of a name lookup. */
  addresses?: readonly LookupAddress[];
  /** Of TLS to the proxy itself; absent where it is spoken to in the clear. */
  tls?: { ca?: string };
  /** The value of `Proxy-Authorization`: a secret. */
  authorization?: string;
}

const DEFAULT_PORT = { 'http:': 80, 'https:': 443 } as const;

/**
 * The proxy that a text names: `http://user:password@proxy.example:3128`, `https://…` for TLS to the proxy, or
 * `host:port`.
 * @param source who named it, which starts a complaint
 * @param ca PEM of certificates to trust beside the built-in ones, for TLS to the proxy
 * @throws UsageError, which never repeats the text: it may hold a password.
 */
export function parseProxy(text: string, source: string, ca?: string): Proxy {
  const expected = `${source}: expected the URL of a proxy, such as http://proxy.example:3128`;
  const spelled = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(spelled)) throw new UsageError(`${expected}, got something else`);
  const { protocol, hostname, port, username, password, pathname, search } = new URL(spelled);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new UsageError(
      `${expected}, got the protocol ${protocol}//; only HTTP proxies are spoken to, with CONNECT`,
    );
  }
  if (hostname === '' || pathname !== '/' || search !== '') {
    throw new UsageError(`${expected}, got one with a path or query`);
  }
  const authorization = basicOf(username, password, `${expected}, got one with a broken password`);
  return {
    host: hostOf(hostname),
    port: port === '' ? DEFAULT_PORT[protocol] : Number(port),
    ...(protocol === 'https:' && { tls: { ...(ca !== undefined && { ca }) } }),
    ...(authorization !== undefined && { authorization }),
  };
}

/** The address of a proxy, without what it is told: `http://proxy.example:3128`. */
export function proxyUrl({ host, port, tls }: Proxy): string {
  return `${tls === undefined ? 'http' : 'https'}://${authority(host, port)}`;
}

/** `host:port`, an IPv6 address in brackets. */
export function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** RFC 7617, in UTF-8. */
function basicOf(username: string, password: string, complaint: string): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  } catch {
    throw new UsageError(complaint);
  }
}
