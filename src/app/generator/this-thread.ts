import { watchNoise } from '../../measure/noise.ts';
import { createLink } from '../../network/link.ts';
import type { OmittableField } from '../../runner/request/shape.ts';
import { runSession, type SessionHost } from '../../runner/session.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { redactRecord } from '../endpoint/redact.ts';
import { drawsOf } from '../options/shard.ts';
import type { Generator, GeneratorHost, OnStep } from './generator.ts';
import type { LoadPlan, SidePlan } from './plan.ts';
import { sessionSpec } from './session-spec.ts';
import { openSessions } from './sessions.ts';

/** A generator whose sessions run in this thread, with connections, a handshake pace and a watch on noise of their own. */
export function generateHere(plan: LoadPlan, host: GeneratorHost): Generator {
  const noise = watchNoise();
  const sides = plan.sides.map((side) => ({
    ...side,
    endpoint: endpointOf(side),
    refused: new Set<OmittableField>(),
  }));
  const arms = plan.arms.map((arm) => {
    const side = sides[arm.side];
    if (side === undefined) throw new Error(`arm ${arm.name} has no side ${arm.side}`);
    const { transport } = arm;
    const { endpoint, options } = side;
    // What warming up learns of a refused WebSocket would spare the measured sessions what that costs.
    const warmup = openSessions(transport, endpoint, options.recovery);
    const measured = openSessions(transport, endpoint, options.recovery);
    return { ...arm, ...side, script: plan.script, warmup, measured };
  });

  return {
    async runSession(order, onStep) {
      const arm = arms[order.arm];
      if (arm === undefined) throw new Error(`there is no arm ${order.arm}`);
      const { open, fallback } = order.warmup ? arm.warmup : arm.measured;
      const ended = await runSession(sessionSpec(arm, order), {
        transport: open(),
        open,
        ...(fallback && { fallback }),
        refused: arm.refused,
        stalledUs: noise.stalledUs,
        ...hostOf(host, onStep),
      });
      return { ...ended, record: redactRecord(ended.record, arm.endpoint) };
    },
    refused: (side) => sides[side]?.refused ?? new Set(),
    stop: () => Promise.resolve(noise.stop()),
  };
}

/** The endpoint to dial, behind its emulated link where there is one. */
function endpointOf({ endpoint, options }: SidePlan): Endpoint {
  return {
    ...endpoint,
    baseUrl: new URL(endpoint.baseUrl),
    ...(options.link && { link: createLink(options.link, drawsOf(options)) }),
  };
}

function hostOf(
  { spend, end, signal }: GeneratorHost,
  onStep: OnStep,
): Pick<SessionHost, 'signal' | 'spend' | 'onStep'> {
  return {
    signal,
    onStep,
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
  };
}
