import { createHistogram, type Histogram, recordUs } from '../../measure/histogram.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { OmittableField } from '../../runner/request/shape.ts';
import type { Slot } from '../../runner/schedule.ts';
import { describeFailure } from '../endpoint/describe-failure.ts';
import type { Unquote } from '../endpoint/quotes.ts';
import type { Generator } from '../generator/generator.ts';
import type { LoadPlan } from '../generator/plan.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import type { OpenTarget } from './endpoint.ts';
import type { SessionPlace, SideName, WorkflowEvent } from './hooks.ts';
import { type Reach, watchReach } from './reach.ts';

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
  plan: LoadPlan;
  generator: Generator;
  /** Takes out of an endpoint's words what they quote of the script. */
  unquote: Unquote;
  onStep: (place: SessionPlace) => void;
  onWorkflow: (event: WorkflowEvent) => void;
  /** Ends the run: a limit is reached, or an endpoint is out of reach. */
  end: () => void;
}

/** One row of a result: a transport, or the control that runs the base a second time. */
export interface Arm {
  /** As the result calls it. */
  name: string;
  /** Gaps between output deltas of its measured sessions. */
  interToken: Histogram;
  /** The same of one round, to be had once. */
  takeGapsUs(round: number): number[];
  runSession(slot: Omit<Slot<Arm>, 'arm'>): Promise<WorkflowRecord>;
}

/** A side at work. */
export interface Side extends OpenSide {
  readonly arms: readonly Arm[];
  readonly reach: Reach;
  /** What requests go without because the endpoint refused it. */
  readonly refused: ReadonlySet<OmittableField>;
}

/** A side of the plan, ready to run sessions against its endpoint. */
export function startSide(side: OpenSide, index: number, context: SideContext): Side {
  const { plan, generator } = context;
  const own = plan.arms.flatMap((arm, order) => (arm.side === index ? [{ ...arm, order }] : []));
  const reach = watchReach(own.map(({ name }) => name));
  const arms = own.map(({ order, name }) => startArm(order, name, side, { reach, ...context }));
  return { ...side, arms, reach, refused: generator.refused(index) };
}

/** The same, and what the arms of a side learn together. */
interface ArmContext extends SideContext {
  reach: Reach;
}

function startArm(
  order: number,
  name: string,
  { name: side, options, opened: { endpoint } }: OpenSide,
  context: ArmContext,
): Arm {
  const told = { ...endpoint, unquote: context.unquote };
  const interToken = createHistogram();
  const gapsByRound = new Map<number, number[]>();
  return {
    name,
    interToken,
    takeGapsUs(round) {
      const gapsUs = gapsByRound.get(round) ?? [];
      gapsByRound.delete(round);
      return gapsUs;
    },
    async runSession(slot) {
      const { round, warmup } = slot;
      const place = { transport: name, ...(side && { side }), round, warmup };
      const session = context.reach.begin(name);
      const { record, outcome, gapsUs, failure } = await context.generator.runSession(
        { arm: order, ...slot },
        (state) => {
          if (state === 'completed') session.answered();
          context.onStep(place);
        },
      );
      if (!warmup) {
        for (const gapUs of gapsUs) recordUs(interToken, gapUs);
        gapsByRound.set(round, gapsUs.map(Math.round));
      }
      if (session.lost(failure)) context.end();
      const words = failure && describeFailure(failure, told, options.request);
      context.onWorkflow({ ...place, record, outcome, ...(words && { failure: words }) });
      return record;
    },
  };
}
