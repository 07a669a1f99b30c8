import { type Connector, type ConnectorName, connectors } from '../../transport/connectors.ts';
import { type Connection, DOUBTFUL_ANSWERS, type Transport } from '../../transport/transport.ts';
import type { ProbeSchedule } from './probe-schedule.ts';

/** The way that a session falls back to where its WebSocket is refused. */
export interface Fallback {
  /** A transport over HTTP, for this session alone. */
  open: () => Transport;
  /** Shared by all sessions over the same transport. */
  probes: ProbeSchedule;
}

/** The carrier of a session's next request. */
export interface Carrier {
  readonly transport: Transport;
  readonly over: Connector['carrier'];
  /** What the server learns over its connection lasts as long as that. */
  readonly keepsSession: boolean;
  /** HTTP stands by, and is not in use. */
  readonly mayFallBack: boolean;
  /** Part of the session went over HTTP in WebSocket's place. */
  readonly fellBack: boolean;
  /** The WebSocket that carried the last exchange is gone, or about to be replaced. */
  readonly lost: boolean;
  /** More answers came over it than requests went: whose they were nobody can tell. */
  readonly doubtful: boolean;
  /** Goes back to WebSocket, if the session had left it and it may be tried again. */
  beginStep(): void;
  /** The endpoint said something, if only that it can't. */
  answered(): void;
  /** WebSocket was refused: goes on over HTTP. */
  fallBack(): void;
  /** Every connection opened so far. */
  connections(): readonly Connection[];
  close(): Promise<void>;
}

/** A carrier over `primary`; over HTTP from the start where WebSocket is known to be refused. */
export function createCarrier(
  primary: Transport,
  connector: ConnectorName,
  fallback: Fallback | undefined,
): Carrier {
  const { carrier, keepsSession } = connectors[connector];
  let spare: Transport | undefined;
  let current = primary;
  /** What the last exchange went over. */
  let last: Transport | undefined;
  let upgrades = 0;

  function useSpare({ open }: Fallback): void {
    spare ??= open();
    current = spare;
  }

  if (fallback?.probes.mayTry() === false) useSpare(fallback);
  return {
    get transport() {
      return current;
    },
    get over() {
      return current === primary ? carrier : 'http';
    },
    get keepsSession() {
      return keepsSession && current === primary;
    },
    get mayFallBack() {
      return fallback !== undefined && current === primary;
    },
    get fellBack() {
      return spare !== undefined;
    },
    get lost() {
      return keepsSession && current === primary && last === primary && !primary.holdsSession();
    },
    get doubtful() {
      return keepsSession && primary.sessionEnd() === DOUBTFUL_ANSWERS;
    },
    beginStep() {
      if (current !== primary && fallback?.probes.mayTry()) current = primary;
    },
    answered() {
      last = current;
      const upgraded = primary.connections.filter(({ wsUpgradeUs }) => wsUpgradeUs !== null).length;
      if (upgraded > upgrades) fallback?.probes.opened();
      upgrades = upgraded;
    },
    fallBack() {
      if (fallback === undefined) return;
      fallback.probes.refused();
      useSpare(fallback);
    },
    connections: () => [...primary.connections, ...(spare?.connections ?? [])],
    async close() {
      await Promise.all([primary.close(), spare?.close()]);
    },
  };
}
