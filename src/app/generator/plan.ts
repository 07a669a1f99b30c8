import { randomUUID } from 'node:crypto';
import { controlName } from '../../result/control.ts';
import { cacheKeyOf } from '../../runner/request/cache-key.ts';
import type { Script } from '../../scenario/script.ts';
import type { TransportName } from '../../transport/index.ts';
import type { Endpoint } from '../../transport/transport.ts';
import type { ResolvedOptions } from '../options/resolve.ts';

/** What a generator has to know of a run to run its sessions: plain data, which `structuredClone` copies. */
export interface LoadPlan {
  script: Script;
  sides: readonly SidePlan[];
  arms: readonly ArmPlan[];
}

/** An endpoint, and how its sessions go about it. */
export interface SidePlan {
  endpoint: PlainEndpoint;
  model: string;
  options: SessionOptions;
}

/** An endpoint as data: its address in text, and its link left to whoever dials. */
type PlainEndpoint = Omit<Endpoint, 'baseUrl' | 'link'> & { baseUrl: string };

/** The options that a session feels. */
export type SessionOptions = Pick<
  ResolvedOptions,
  'timeoutMs' | 'toolTime' | 'request' | 'recovery' | 'seed' | 'shard' | 'link'
>;

/** One row of a result: a transport, or the control that runs the base a second time. */
export interface ArmPlan {
  /** As the result calls it. */
  name: string;
  transport: TransportName;
  /** Its place among the sides. */
  side: number;
  /** Of its requests. */
  cacheKey: string | undefined;
}

/** What is known of a side when its sessions are planned. */
interface SideToPlan {
  options: ResolvedOptions;
  opened: { endpoint: Endpoint; model: string };
}

/** The plan of a run of a script against these sides. */
export function planLoad(script: Script, sides: readonly SideToPlan[]): LoadPlan {
  return {
    script,
    sides: sides.map(({ options, opened: { endpoint, model } }) => {
      const { link: _, baseUrl, ...plain } = endpoint;
      const { timeoutMs, toolTime, request, recovery, seed, shard, link } = options;
      return {
        endpoint: { ...plain, baseUrl: baseUrl.href },
        model,
        options: { timeoutMs, toolTime, request, recovery, seed, shard, link },
      };
    }),
    arms: sides.flatMap(({ options }, side) => {
      // What tells this run at this endpoint from all others.
      const run = randomUUID();
      return rowsOf(options).map((row) => ({
        ...row,
        side,
        cacheKey: cacheKeyOf(options.request.cacheKey, run, row.name),
      }));
    }),
  };
}

function rowsOf({ transports: names, aa }: ResolvedOptions): Pick<ArmPlan, 'name' | 'transport'>[] {
  const rows = names.map((name) => ({ name, transport: name }));
  const control = names.slice(0, 1).map((base) => ({ name: controlName(base), transport: base }));
  return aa ? [...rows, ...control] : rows;
}
