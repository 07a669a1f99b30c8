/** Whether WebSocket is worth a try: one memory for all sessions of a run over the same transport. */
export interface ProbeSchedule {
  /** Whether the asking session may try; while upgrades are refused, one session per cool-down may. */
  mayTry(): boolean;
  /** An upgrade was refused: nobody tries before the cool-down is over. */
  refused(): void;
  /** A WebSocket opened: everybody may. */
  opened(): void;
}

/** A schedule that begins open. */
export function createProbeSchedule(coolDownMs: number, nowMs: () => number): ProbeSchedule {
  /** Undefined while open. */
  let nextTryMs: number | undefined;
  return {
    mayTry() {
      if (nextTryMs === undefined) return true;
      const now = nowMs();
      if (now < nextTryMs) return false;
      // A session that asked and vanished keeps nobody waiting for longer than this.
      nextTryMs = now + coolDownMs;
      return true;
    },
    refused() {
      nextTryMs = nowMs() + coolDownMs;
    },
    opened() {
      nextTryMs = undefined;
    },
  };
}
