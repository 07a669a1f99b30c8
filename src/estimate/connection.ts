import { createPath, type LinkSettings, offer } from '../network/link-model.ts';

/** One direction of a connection in virtual time. */
interface Lane {
  /** Sends bytes; returns when the last of them arrives, in ms. */
  send(atMs: number, bytes: number): number;
  readonly bytes: () => number;
}

/** A connection in virtual time: both directions, and how it was opened. */
export interface Connection {
  up: Lane;
  down: Lane;
  opening: { tcpConnect: number; tlsHandshake: number; wsUpgrade: number };
  /** When it can be used. */
  openMs: number;
}

/** The conditions that a connection is opened under. */
export interface Path {
  /** Undefined where nothing lies between, and nothing takes time. */
  link: LinkSettings | undefined;
  tls: boolean;
  /** Draws from 0 to 1. */
  jitter: () => number;
}

/** A full handshake of TLS 1.3 as Node and the bundled server's certificate make it. */
const TLS_BYTES = { hello: 390, serverFlight: 870, finished: 80, tickets: 510 };
/** Header, type and tag of a TLS 1.3 record (RFC 8446), and the most that one carries. */
const RECORD_BYTES = 22;
const MAX_RECORD_BYTES = 16_384;
/** An upgrade to WebSocket and its answer. */
const UPGRADE_BYTES = { request: 290, answer: 194 };

const noLink: LinkSettings = {
  rttMs: 0,
  bandwidthBitsPerSecond: null,
  jitterMs: 0,
  slowStart: false,
  receiveWindowBytes: Infinity,
};

/** A connection that is dialled at `atMs`: a round trip for TCP, one for TLS 1.3, one for an upgrade. No name is looked up. */
export function openConnection(
  { link = noLink, tls, jitter }: Path,
  atMs: number,
  upgrades: boolean,
): Connection {
  const up = createLane(link, tls, jitter);
  const down = createLane(link, tls, jitter);
  const connectedMs = atMs + link.rttMs;
  const securedMs = tls ? shakeHands(up, down, connectedMs) : connectedMs;
  const openMs = upgrades
    ? down.send(up.send(securedMs, UPGRADE_BYTES.request), UPGRADE_BYTES.answer)
    : securedMs;
  return {
    up,
    down,
    opening: {
      tcpConnect: connectedMs - atMs,
      tlsHandshake: securedMs - connectedMs,
      wsUpgrade: openMs - securedMs,
    },
    openMs,
  };
}

function shakeHands(up: RawLane, down: RawLane, atMs: number): number {
  const securedMs = down.sendRaw(up.sendRaw(atMs, TLS_BYTES.hello), TLS_BYTES.serverFlight);
  down.sendRaw(up.sendRaw(securedMs, TLS_BYTES.finished), TLS_BYTES.tickets);
  return securedMs;
}

interface RawLane extends Lane {
  /** Bytes that are TLS records already. */
  sendRaw(atMs: number, bytes: number): number;
}

function createLane(link: LinkSettings, tls: boolean, jitter: () => number): RawLane {
  const path = createPath(link);
  let sent = 0;
  function sendRaw(atMs: number, bytes: number): number {
    sent += bytes;
    return offer(path, link, atMs, bytes, jitter).at(-1)?.dueMs ?? atMs;
  }
  return {
    send: (atMs, bytes) => sendRaw(atMs, tls ? sealed(bytes) : bytes),
    sendRaw,
    bytes: () => sent,
  };
}

function sealed(bytes: number): number {
  return bytes + RECORD_BYTES * Math.ceil(bytes / MAX_RECORD_BYTES);
}
