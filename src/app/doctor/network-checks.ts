import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { nowUs } from '../../measure/clock.ts';
import { hostOf } from '../../network/host.ts';
import { type Check, no, notAsked, yes } from './check.ts';

/** The way to the endpoint, without a request. */
export const networkChecks: readonly Check[] = [
  {
    name: 'dns',
    title: 'name lookup',
    sent: "the host's name",
    calls: 0,
    async ask({ endpoint }) {
      const host = hostOf(endpoint.baseUrl.hostname);
      if (isIP(host) !== 0) return notAsked('an address, not a name');
      if (endpoint.way?.proxy !== undefined) return notAsked('the proxy looks it up');
      if (endpoint.way?.addresses !== undefined) return notAsked('--resolve says where it is');
      const startUs = nowUs();
      const addresses = await lookup(host, { all: true });
      return yes(`${addresses.length} addresses in ${ms(nowUs() - startUs)}`);
    },
  },
  {
    name: 'tcp',
    title: 'TCP',
    sent: 'a connection',
    calls: 0,
    async ask({ dialled }) {
      const { tcpConnectUs, addressFamily, proxyUs } = await dialled();
      const through = proxyUs === null ? '' : `, through a proxy in ${ms(proxyUs)}`;
      return yes(`${addressFamily ?? 'a socket'} in ${ms(tcpConnectUs)}${through}`);
    },
  },
  {
    name: 'tls',
    title: 'TLS',
    sent: 'a handshake',
    calls: 0,
    needs: ['tcp'],
    async ask({ dialled }) {
      const { tlsHandshakeUs, tlsVersion, alpn } = await dialled();
      if (tlsHandshakeUs === null) return notAsked('plain HTTP');
      return yes(`${tlsVersion ?? 'TLS'} in ${ms(tlsHandshakeUs)}, ALPN ${alpn ?? 'none'}`);
    },
  },
  {
    name: 'tls_resumption',
    title: 'resumes a TLS session',
    sent: 'a handshake with the session of the one before',
    calls: 0,
    needs: ['tls'],
    async ask({ resumed }) {
      const { sessionResumed, tlsHandshakeUs } = await resumed();
      const took = `in ${ms(tlsHandshakeUs ?? 0)}`;
      return sessionResumed ? yes(`resumed ${took}`) : no(`a whole handshake ${took}`);
    },
  },
  {
    name: 'http2',
    title: 'HTTP/2',
    sent: 'ALPN h2',
    calls: 0,
    needs: ['tls'],
    async ask({ dialled }) {
      const { alpn } = await dialled('h2');
      return alpn === 'h2' ? yes('h2 agreed on') : no(`ALPN ${alpn ?? 'none'}`);
    },
  },
];

function ms(us: number): string {
  return `${(us / 1000).toFixed(1)} ms`;
}
