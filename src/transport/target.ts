import type { DialTarget } from '../network/dial.ts';
import type { Endpoint } from './transport.ts';

/** Where to dial for an endpoint, and which protocols to offer over TLS. */
export function dialTargetOf(endpoint: Endpoint, alpn: 'h2' | 'http/1.1' = 'http/1.1'): DialTarget {
  const { hostname, port, protocol } = endpoint.baseUrl;
  const secure = protocol === 'https:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    ...(endpoint.link && { link: endpoint.link }),
    ...(secure && {
      tls: {
        verify: !endpoint.insecure,
        alpn,
        ...(endpoint.ca !== undefined && { ca: endpoint.ca }),
      },
    }),
  };
}

/** Path and query of `{base}/responses`, or of what is `below` it. */
export function requestPath(baseUrl: URL, below = ''): string {
  return `${baseUrl.pathname.replace(/\/+$/, '')}/responses${below}${baseUrl.search}`;
}
