import { randomUUID } from 'node:crypto';
import { createHistogram, type Histogram, recordUs } from '../../measure/histogram.ts';
import type { NoiseWatch } from '../../measure/noise.ts';
import { controlName } from '../../result/control.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import { cacheKeyOf } from '../../runner/request/cache-key.ts';
import type { OmittableField } from '../../runner/request/shape.ts';
import { runSession, type SessionHost } from '../../runner/session.ts';
import type { Script } from '../../scenario/script.ts';
import type { TransportName } from '../../transport/index.ts';
import { describeFailure } from '../endpoint/describe-failure.ts';
import type { Unquote } from '../endpoint/quotes.ts';
import { redactRecord } from '../endpoint/redact.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import type { OpenTarget } from './endpoint.ts';
import type { SessionPlace, SideName, WorkflowEvent } from './hooks.ts';
import { type Reach, type SessionReach, watchReach } from './reach.ts';
import { sessionSpec } from './session-spec.ts';
import { openSessions } from './sessions.ts';

/** One endpoint of a job: there are two where two are interleaved. */
export interface SideSpec {
  /** Absent where there is one endpoint. */
  name?: SideName;
  options: ResolvedOptions;
}

/** A side whose endpoint is up. */
export interface OpenSide extends SideSpec {
  opened: OpenTarget;
}

/** What a side needs of the run that it is part of. */
interface SideContext {
  script: Script;
  /** Takes out of an endpoint's words what they quote of the script. */
  unquote: Unquote;
  noise: NoiseWatch;
  onStep: (place: SessionPlace) => void;
  onWorkflow: (event: WorkflowEvent) => void;
  /** Ends the run: a limit is reached, or an endpoint is out of reach. */
  end: () => void;
  signal: AbortSignal;
}

/** One row of a result: a transport, or the control that runs the base a second time. */
export interface Arm {
  /** As the result calls it. */
  name: string;
  /** Gaps between output deltas of its measured sessions. */
  interToken: Histogram;
  /** The same of one round, to be had once. */
  takeGapsUs(round: number): number[];
  runSession(slot: Pick<SessionPlace, 'round' | 'warmup'>): Promise<WorkflowRecord>;
}

/** A side at work. */
export interface Side extends OpenSide {
  readonly arms: readonly Arm[];
  readonly reach: Reach;
  /** What requests go without because the endpoint refused it. */
  readonly refused: ReadonlySet<OmittableField>;
}

/** A side that is ready to run sessions against its endpoint. */
export function startSide(side: OpenSide, context: SideContext): Side {
  const rows = rowsOf(side.options);
  const reach = watchReach(rows.map(({ name }) => name));
  const refused = new Set<OmittableField>();
  const run = randomUUID();
  const arms = rows.map((row) => startArm(row, side, { reach, refused, run, ...context }));
  return { ...side, arms, reach, refused };
}

interface Row {
  name: string;
  transport: TransportName;
}

function rowsOf({ transports: names, aa }: ResolvedOptions): Row[] {
  const rows = names.map((name) => ({ name, transport: name }));
  const control = names.slice(0, 1).map((base) => ({ name: controlName(base), transport: base }));
  return aa ? [...rows, ...control] : rows;
}

/** The same, and what the arms of a side learn together. */
interface ArmContext extends SideContext {
  reach: Reach;
  refused: Set<OmittableField>;
  /** What tells this run at this endpoint from all others. */
  run: string;
}

function startArm(
  { name, transport }: Row,
  { name: side, options, opened }: OpenSide,
  context: ArmContext,
): Arm {
  const { endpoint, model } = opened;
  const told = { ...endpoint, unquote: context.unquote };
  const cacheKey = cacheKeyOf(options.request.cacheKey, context.run, name);
  const interToken = createHistogram();
  const gapsByRound = new Map<number, number[]>();
  // What warming up learns of a refused WebSocket would spare the measured sessions what that costs.
  const warmup = openSessions(transport, endpoint, options.recovery);
  const measured = openSessions(transport, endpoint, options.recovery);

  return {
    name,
    interToken,
    takeGapsUs(round) {
      const gapsUs = gapsByRound.get(round) ?? [];
      gapsByRound.delete(round);
      return gapsUs;
    },
    async runSession(slot) {
      const place = { transport: name, ...(side && { side }), ...slot };
      const { open, fallback } = slot.warmup ? warmup : measured;
      const session = context.reach.begin(name);
      const spec = sessionSpec(
        { script: context.script, model, transport, options, cacheKey },
        slot,
      );
      const { outcome, gapsUs, failure, ...ended } = await runSession(spec, {
        transport: open(),
        open,
        ...(fallback && { fallback }),
        ...hostOf(options, session, place, context),
      });
      const record = redactRecord(ended.record, endpoint);
      if (!slot.warmup) {
        for (const gapUs of gapsUs) recordUs(interToken, gapUs);
        gapsByRound.set(slot.round, gapsUs.map(Math.round));
      }
      if (session.lost(failure)) context.end();
      const words = failure && describeFailure(failure, told, options.request);
      context.onWorkflow({ ...place, record, outcome, ...(words && { failure: words }) });
      return record;
    },
  };
}

function hostOf(
  { spend }: ResolvedOptions,
  session: SessionReach,
  place: SessionPlace,
  { noise, refused, onStep, end, signal }: ArmContext,
): Omit<SessionHost, 'transport'> {
  return {
    signal,
    refused,
    ...(spend && {
      spend: {
        mayRequest(request) {
          const may = spend.mayRequest(request);
          if (!may) end();
          return may;
        },
        add: spend.add,
      },
    }),
    stalledUs: (fromUs, toUs) => noise.stalledUs(fromUs, toUs),
    onStep(state) {
      if (state === 'completed') session.answered();
      onStep(place);
    },
  };
}
