/** A fault at the moment when it was done to the client. */
interface InjectedFault {
  /** The fault as `--fault` names it, without its argument: `429`, `close`, `reset`. */
  kind: string;
  transport: 'http' | 'ws';
  unixMs: number;
  /** On the machine's monotonic clock (`process.hrtime`), which all its processes share. */
  monotonicUs: number;
}

/** The faults injected since the start, for `GET /debug/faults`; only the latest are kept one by one. */
export interface FaultLog {
  readonly record: (kind: string, transport: 'http' | 'ws') => void;
  /** `{"total":…,"faults":[{"kind","transport","unixMs","monotonicUs"}]}`, the oldest first. */
  render(): string;
}

const MAX_KEPT = 10_000;

/** @param onFault told of each, for the metrics */
export function createFaultLog(
  onFault: (kind: string, transport: 'http' | 'ws') => void,
): FaultLog {
  const faults: InjectedFault[] = [];
  let total = 0;
  return {
    record(kind, transport) {
      const monotonicUs = Number(process.hrtime.bigint() / 1000n);
      faults[total++ % MAX_KEPT] = { kind, transport, unixMs: Date.now(), monotonicUs };
      onFault(kind, transport);
    },
    render() {
      const oldest = total > MAX_KEPT ? total % MAX_KEPT : 0;
      return JSON.stringify({
        total,
        faults: [...faults.slice(oldest), ...faults.slice(0, oldest)],
      });
    },
  };
}
