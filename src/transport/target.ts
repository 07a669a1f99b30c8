import type { DialTarget } from '../network/dial.ts';
import type { Endpoint } from './transport.ts';

/** Where to dial for an endpoint. */
export function dialTargetOf(endpoint: Endpoint): DialTarget {
  const { hostname, port, protocol } = endpoint.baseUrl;
  const secure = protocol === 'https:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    ...(secure && {
      tls: { verify: !endpoint.insecure, ...(endpoint.ca !== undefined && { ca: endpoint.ca }) },
    }),
  };
}

/** Path and query of `{base}/responses`. */
export function requestPath(baseUrl: URL): string {
  return `${baseUrl.pathname.replace(/\/+$/, '')}/responses${baseUrl.search}`;
}
