import type { DialTarget } from '../network/dial.ts';
import { hostOf, portOf } from '../network/host.ts';
import type { Endpoint } from './transport.ts';

/** The place to dial for an endpoint, and which protocols to offer over TLS. */
export function dialTargetOf(endpoint: Endpoint, alpn: 'h2' | 'http/1.1' = 'http/1.1'): DialTarget {
  const { baseUrl, ca, insecure, link } = endpoint;
  const { proxy, addresses, identity } = endpoint.way ?? {};
  return {
    host: hostOf(baseUrl.hostname),
    port: portOf(baseUrl),
    ...(addresses && { addresses }),
    ...(proxy && { proxy }),
    ...(link && { link }),
    ...(baseUrl.protocol === 'https:' && {
      tls: {
        verify: !insecure,
        alpn,
        ...(ca !== undefined && { ca }),
        ...(identity && { identity }),
      },
    }),
  };
}

/** Path and query of `{base}/responses`, or of what is `below` it. */
export function requestPath({ baseUrl, slash = false }: Endpoint, below = ''): string {
  const end = below === '' && slash ? '/' : below;
  return `${baseUrl.pathname.replace(/\/+$/, '')}/responses${end}${baseUrl.search}`;
}
