import { createHistogram, type Histogram, recordUs } from '../../measure/histogram.ts';
import type { NoiseWatch } from '../../measure/noise.ts';
import { controlName } from '../../result/control.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { OutcomeItem } from '../../runner/outcome.ts';
import { defaultRecovery } from '../../runner/recovery.ts';
import type { Slot } from '../../runner/schedule.ts';
import { runWorkflow } from '../../runner/workflow.ts';
import type { Script } from '../../scenario/script.ts';
import { type TransportName, transports } from '../../transport/index.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import { toolTimeFactor } from '../options/tool-time.ts';
import { describeFailure } from './describe-failure.ts';
import type { OpenTarget } from './endpoint.ts';
import { type Reach, watchReach } from './reach.ts';
import { redactRecord } from './redact.ts';
import { openSessions, type Sessions } from './sessions.ts';

/** A session ended. */
export interface WorkflowEvent extends Slot {
  record: WorkflowRecord;
  /** Calls and texts of the model, in their order. */
  outcome: readonly OutcomeItem[];
  /** Why it failed, in words fit for the terminal. */
  failure?: string;
}

/** One endpoint of a run: there are two where two are interleaved. */
export interface SidePlan {
  /** Stands before the transport's name in a schedule that holds several; empty where there is one. */
  name: '' | 'base' | 'candidate';
  options: ResolvedOptions;
  opened: OpenTarget;
}

/** What a side needs of the run that it is part of. */
interface SideContext {
  script: Script;
  noise: NoiseWatch;
  /** Told of every step and session, the transport by its name in the schedule. */
  onStep?: ((slot: Slot) => void) | undefined;
  onWorkflow?: ((event: WorkflowEvent) => void) | undefined;
  /** Ends the run: a limit is reached, or an endpoint is out of reach. */
  end(): void;
  signal: AbortSignal;
}

/** One row of a result: a transport, or the control that runs the base a second time. */
interface Arm {
  name: string;
  transport: TransportName;
}

/** A side at work. */
export interface Side extends SidePlan {
  /** Its arms by their names in the schedule. */
  readonly slots: ReadonlyMap<string, Arm>;
  runSession(slot: Slot): Promise<WorkflowRecord>;
  /** Gaps between output deltas per arm. */
  readonly interToken: ReadonlyMap<string, Histogram>;
  readonly reach: Reach;
}

/** Makes ready to run sessions against an endpoint. */
export function openSide(plan: SidePlan, context: SideContext): Side {
  const { options, opened } = plan;
  const { endpoint, model } = opened;
  const { script, noise, signal } = context;
  const { spend } = options;
  const arms = armsOfSide(options);
  const interToken = new Map(arms.map(({ name }) => [name, createHistogram()]));
  const sessionsOfArms = (): ReadonlyMap<string, Sessions> =>
    new Map(
      arms.map(({ name, transport }) => [
        name,
        openSessions(transport, endpoint, options.recovery),
      ]),
    );
  // What warming up learns of a refused WebSocket would spare the measured sessions what that costs.
  const sessions = { warmup: sessionsOfArms(), measured: sessionsOfArms() };
  const slots = new Map(
    arms.map((arm) => [plan.name === '' ? arm.name : `${plan.name}/${arm.name}`, arm]),
  );
  const reach = watchReach(arms.map(({ name }) => name));

  async function runSession(slot: Slot): Promise<WorkflowRecord> {
    const { name, transport } = slots.get(slot.transport) ?? unknownTransport(slot.transport);
    const { open, fallback } =
      sessions[slot.warmup ? 'warmup' : 'measured'].get(name) ?? unknownTransport(name);
    const session = reach.begin(name);
    const { outcome, gapsUs, failure, ...ended } = await runWorkflow(
      {
        script,
        model,
        policy: transports[transport],
        toolTimeFactor: slot.warmup ? 0 : toolTimeFactor(options.toolTime),
        timeoutMs: options.timeoutMs,
        recovery: { ...defaultRecovery, ...options.recovery },
        ...(fallback && { fallback }),
        // The same waits in the same round for every transport.
        seed: options.seed + slot.round,
        ...(spend && {
          mayRequest: (request) => {
            const may = spend.mayRequest(request);
            if (!may) context.end();
            return may;
          },
          onUsage: spend.add,
        }),
        stalledUs: (fromUs, toUs) => noise.stalledUs(fromUs, toUs),
        onStep: (state) => {
          if (state === 'completed') session.answered();
          context.onStep?.(slot);
        },
      },
      open(),
      signal,
    );
    const record = redactRecord(ended.record, endpoint);
    const histogram = interToken.get(name);
    if (!slot.warmup && histogram) for (const gapUs of gapsUs) recordUs(histogram, gapUs);
    if (session.lost(failure)) context.end();
    const words = failure && describeFailure(failure, endpoint);
    context.onWorkflow?.({ ...slot, record, outcome, ...(words && { failure: words }) });
    return record;
  }

  return { ...plan, slots, runSession, interToken, reach };
}

function armsOfSide({ transports: names, aa }: ResolvedOptions): Arm[] {
  const arms = names.map((name) => ({ name, transport: name }));
  const control = names.slice(0, 1).map((base) => ({ name: controlName(base), transport: base }));
  return aa ? [...arms, ...control] : arms;
}

function unknownTransport(name: string): never {
  throw new Error(`${name} is not part of this run`);
}
