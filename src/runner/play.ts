import { nowUs } from '../measure/clock.ts';
import { scaledWait } from '../measure/wait.ts';
import { startsOf } from '../scenario/sub-agents.ts';
import { connectors } from '../transport/connectors.ts';
import type { Connection } from '../transport/transport.ts';
import type { Carriers } from './carriers.ts';
import type { Played, PlayHost, SessionSpec } from './played.ts';
import { deviationsOf, outcomeOf } from './records/answer.ts';
import { startConversation } from './request/conversation.ts';
import { sideBySide, toolWait, type Waited } from './side-by-side.ts';
import { performStep } from './step/step.ts';
import type { StepTimes } from './step/times.ts';

/**
 * A script, played from its first request to its last answer, with every sub-agent that it starts; how far it has come stands in
 * `played` at any time.
 * @throws the signal's reason if it aborts in a wait.
 */
export async function play(
  spec: SessionSpec,
  host: PlayHost,
  carriers: Carriers,
  played: Played,
): Promise<void> {
  const { script, model, policy, shape, toolTimeFactor } = spec;
  const { keepsSession } = connectors[policy.connection];
  let carrier = carriers.lend();
  try {
    const conversation = startConversation(script, model, policy, shape, host.refused);
    for (const [index, turn] of script.turns.entries()) {
      const thinkUs = await scaledWait(turn.thinkMs ?? 0, toolTimeFactor, host.signal);
      let waited: Waited = { toolTimeUs: 0, agentsUs: 0 };
      if (startsOf(script, turn).length === 0) {
        waited.toolTimeUs = await toolWait(turn, toolTimeFactor, host.signal);
      } else {
        // Meanwhile, what it keeps open over HTTP is there for whoever asks first.
        if (!keepsSession) carriers.giveBack(carrier);
        waited = await sideBySide(spec, index, turn, host, played, (...begun) =>
          play(begun[0], begun[1], carriers, begun[2]),
        );
        if (!keepsSession) carrier = carriers.lend();
      }
      if (played.state !== 'completed') return;

      const before = sumBytes(carrier.connections());
      const run = await performStep(spec, index, turn, conversation, carrier, host);
      const end = run.exchanges.at(-1);
      if (end === undefined) {
        played.state = 'aborted';
        return;
      }

      const after = sumBytes(carrier.connections());
      const time: StepTimes = {
        ...run,
        end,
        ...waited,
        thinkUs,
        absorbUs: 0,
        bytesSent: after.sent - before.sent,
        bytesReceived: after.received - before.received,
        deviations: undefined,
      };
      played.times.push(time);
      host.onStep?.(end.state);
      for (const gapUs of end.marks.gapsUs) played.gapsUs.push(gapUs);
      if (end.state !== 'completed') {
        played.state = end.state === 'failed' ? 'failed' : 'aborted';
        if (end.state === 'failed') played.failure = end.failure;
        return;
      }
      conversation.absorb(end.output, end.responseId);
      const made = outcomeOf(end.output);
      time.deviations = deviationsOf(turn.model, made, end.output);
      played.outcome.push(...made);
      time.absorbUs = nowUs() - end.marks.terminalUs;
    }
  } finally {
    carriers.giveBack(carrier);
  }
}

function sumBytes(connections: readonly Connection[]): { sent: number; received: number } {
  const total = { sent: 0, received: 0 };
  for (const connection of connections) {
    const { sent, received } = connection.bytes();
    total.sent += sent;
    total.received += received;
  }
  return total;
}
