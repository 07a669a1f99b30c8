import { nowUs } from '../../measure/clock.ts';
import type { Fallback } from '../../runner/recovery/carrier.ts';
import { createProbeSchedule } from '../../runner/recovery/probe-schedule.ts';
import {
  connect,
  connectorOf,
  createTransport,
  type TransportName,
} from '../../transport/index.ts';
import type { Endpoint, Transport } from '../../transport/transport.ts';
import type { ResolvedRecovery } from '../options/recovery.ts';

/** The connections that the sessions of one arm go over, one after another and side by side. */
export interface Sessions {
  /** The transport of one session. */
  open: () => Transport;
  /** What takes over where WebSocket is refused; absent where nothing can or may. */
  fallback?: Fallback;
}

/** The sessions of an arm: all under the same limits, and what one learns of a refused WebSocket the others know. */
export function openSessions(
  name: TransportName,
  endpoint: Endpoint,
  recovery: ResolvedRecovery,
): Sessions {
  const open = (): Transport => createTransport(name, endpoint, recovery);
  const { fallback } = connectorOf(name);
  if (fallback === null || !recovery.fallback) return { open };
  return {
    open,
    fallback: {
      open: () => connect(fallback, endpoint, recovery),
      probes: createProbeSchedule(recovery.coolDownMs, () => nowUs() / 1000),
    },
  };
}
