import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { promisify } from 'node:util';
import { der, objectId, sequence } from './der.ts';

/** A certificate and its private key, as PEM text. */
export interface Certificate {
  cert: string;
  key: string;
}

/**
 * A self-signed ECDSA P-256 certificate (RFC 5280) for loopback and `host`; it is its own CA, good for 30 days,
 * and from two days back on, so that a clock may be set back by a day.
 */
export async function generateCertificate(host: string): Promise<Certificate> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const name = sequence(
    der(0x31, sequence(objectId('2.5.4.3'), der(UTF8, Buffer.from('localhost')))),
  );
  const nowMs = Date.now();
  const content = sequence(
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    // A leading 1: neither negative nor zero.
    der(INTEGER, Buffer.from([1]), randomBytes(15)),
    ecdsaWithSha256,
    name,
    sequence(utcTime(nowMs - 2 * DAY_MS), utcTime(nowMs + 30 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensionsFor(['localhost', '127.0.0.1', '::1', host])),
  );
  const signature = der(BITS, Buffer.from([0]), sign('sha256', content, privateKey));
  return {
    cert: pemOf(sequence(content, ecdsaWithSha256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const INTEGER = 0x02;
const BITS = 0x03;
const BYTES = 0x04;
const UTF8 = 0x0c;
const TRUE = der(0x01, Buffer.from([0xff]));
const DAY_MS = 24 * 3_600_000;

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));

function extensionsFor(names: readonly string[]): Buffer {
  const mayServe = objectId('1.3.6.1.5.5.7.3.1');
  // Of the key's uses: bit 0 is to sign data, bit 5 to sign certificates; the last two bits of the byte are unused.
  const uses = der(BITS, Buffer.from([2, 0b1000_0100]));
  return sequence(
    sequence(objectId('2.5.29.19'), TRUE, der(BYTES, sequence(TRUE))),
    sequence(objectId('2.5.29.15'), TRUE, der(BYTES, uses)),
    sequence(objectId('2.5.29.37'), der(BYTES, sequence(mayServe))),
    sequence(
      objectId('2.5.29.17'),
      der(BYTES, sequence(...[...new Set(names)].map(alternativeName))),
    ),
  );
}

function alternativeName(name: string): Buffer {
  return isIP(name) === 0 ? der(0x82, Buffer.from(name)) : der(0x87, addressBytes(name));
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // A URL spells every address in one way, but knows no zones.
  const { hostname } = new URL(`http://[${address.replace(/%.*/, '')}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  const groups = [...head, ...zeros, ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function utcTime(unixMs: number): Buffer {
  const digits = new Date(unixMs).toISOString().replace(/\D/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function pemOf(bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
