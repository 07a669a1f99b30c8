import type { IncomingMessage } from 'node:http';
import { type Refusal, refuse } from './refusal.ts';

/** A check of the `Host` and `Origin` of a request; undefined means that it may pass. */
export type HostCheck = (request: IncomingMessage) => Refusal | undefined;

/**
 * A check that refuses requests which name two hosts; and, for a server on loopback, those that a web page from
 * elsewhere may have sent (a name of its own that leads to 127.0.0.1 is called DNS rebinding), unless its origin is
 * allowed.
 *
 * @param host what the server listens on
 * @param allowed origins such as `http://app.example:3000`, or `*` for all
 */
export function createHostCheck(host: string, allowed: readonly string[] = []): HostCheck {
  const isPrivate = isLoopback(host) && !allowed.includes('*');
  const allowedHosts = new Set(allowed.map(hostOfOrigin));
  const isOwn = (name: string): boolean => isLoopback(name) || name === host;

  return (request) => {
    if (hasTwoHosts(request)) return refuse(400, 'Expected one Host header, got several.');
    if (!isPrivate) return undefined;
    const { origin, host: named = String(request.headers[':authority'] ?? 'localhost') } =
      request.headers;
    if (origin !== undefined && !allowed.includes(origin) && !isOwn(hostOfOrigin(origin))) {
      return foreign('Origin', origin, origin);
    }
    const name = hostOf(named);
    if (isOwn(name) || allowedHosts.has(name)) return undefined;
    return foreign('Host', named, `http://${named}`);
  };
}

/** The answer to whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === '::1' || /^127(\.\d{1,3}){3}$/.test(host) || /^(.+\.)?localhost$/i.test(host);
}

function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}

function hostOfOrigin(origin: string): string {
  return hostOf(origin.replace(/^[a-z][\w+.-]*:\/\//i, ''));
}

/** Without port and brackets. */
function hostOf(authority: string): string {
  return authority
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}

function foreign(header: string, value: string, origin: string): Refusal {
  const message = `Foreign ${header} '${value}': this server listens on loopback, for localhost, 127.0.0.1 and [::1] only; to let web pages of that place in, start it with --allow-origin ${origin}.`;
  return refuse(403, message, { code: 'foreign_origin' });
}
