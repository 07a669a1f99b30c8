import type { TimePart } from '../../result/attribution.ts';
import { awaitedStepsOf, stepsOf } from '../../result/query.ts';
import type { StepRecord, WorkflowRecord } from '../../result/record.ts';

/** The facts of a run that its records don't hold. */
export interface SplitBy {
  /** Of the emulated link; null where there is none, and round trips can't be told from the server's work. */
  rttUs: number | null;
  /** Whether to take the server's word for its stages. */
  stages: boolean;
}

/** A workflow's time by its parts, which add up to `e2eUs`. */
export function timePartsUs(workflow: WorkflowRecord, by: SplitBy): Map<TimePart, number> {
  const { phases } = workflow;
  const parts = new Map<TimePart, number>([
    ['toolTime', phases.toolTimeUs],
    ...handshakeParts(workflow),
    ['requestWrite', phases.requestWriteUs],
    ['outage', phases.recoveryUs],
    ['clientOverhead', phases.clientOverheadUs],
    ['residual', phases.residualUs],
  ]);
  for (const [part, us] of awaitedStepsOf(workflow).flatMap((step) => answerParts(step, by))) {
    parts.set(part, (parts.get(part) ?? 0) + us);
  }
  return parts;
}

/** Whether the server says of every step what it did before the answer was whole; what isn't believed counts as said. */
export function declaresStages(workflow: WorkflowRecord): boolean {
  return stepsOf(workflow).every(
    ({ server, serverContradicted }) => serverContradicted === true || stagesOf(server).length > 0,
  );
}

/** Shared out as the connections took it: the phase is a little longer, by the turns of our own event loop. */
function handshakeParts({ phases, connections }: WorkflowRecord): [TimePart, number][] {
  const sum = (
    us: (connection: (typeof connections)[number]) => number | null | undefined,
  ): number => connections.reduce((total, connection) => total + (us(connection) ?? 0), 0);
  const taken: [TimePart, number][] = [
    ['dns', sum(({ dnsUs }) => dnsUs)],
    ['tcpConnect', sum(({ tcpConnectUs }) => tcpConnectUs)],
    ['proxy', sum(({ proxyUs }) => proxyUs)],
    ['tlsHandshake', sum(({ tlsHandshakeUs }) => tlsHandshakeUs)],
    ['wsUpgrade', sum(({ wsUpgradeUs }) => wsUpgradeUs)],
  ];
  const total = taken.reduce((all, [, us]) => all + us, 0);
  if (total === 0) return [['tcpConnect', phases.handshakeUs]];
  return taken.map(([part, us]) => [part, (us / total) * phases.handshakeUs]);
}

/** From the request's last byte to the terminal event. */
function answerParts(step: StepRecord, { rttUs, stages }: SplitBy): [TimePart, number][] {
  const { phases, uploadUs, downloadUs = 0, queuedUs = 0, parsingUs = 0, server } = step;
  const queued = Math.min(queuedUs, phases.waitingUs);
  const roundTrip = Math.min(rttUs ?? 0, phases.waitingUs - queued);
  const beyondOneWay =
    rttUs === null || uploadUs === null ? 0 : uploadUs - phases.requestWriteUs - rttUs / 2;
  const upload = Math.min(Math.max(beyondOneWay, 0), phases.waitingUs - queued - roundTrip);
  const waiting = phases.waitingUs - queued - roundTrip - upload;
  const known: [TimePart, number][] = [
    ['queued', queued],
    ['roundTrip', roundTrip],
    ['upload', upload],
  ];
  const declared = stagesOf(server);
  if (!stages || declared.length === 0) {
    const download = Math.min(downloadUs, phases.streamingUs);
    const streaming = phases.streamingUs - download;
    return [...known, ['waiting', waiting], ['download', download], ['streaming', streaming]];
  }
  const declaredUs = declared.reduce((total, [, us]) => total + us, 0);
  // While we parse, the server works on: that time is its own. So is what passes until we hear that all is written.
  const open = waiting + phases.streamingUs + parsingUs - declaredUs;
  const download = Math.min(downloadUs, Math.max(open, 0));
  const undeclared = open - download;
  const overlap = Math.min(Math.max(-undeclared, 0), phases.requestWriteUs);
  return [
    ...known,
    ...declared,
    ['download', download],
    ['undeclared', undeclared + overlap],
    ['requestWrite', -overlap],
    ['clientOverhead', -parsingUs],
  ];
}

/** Without the work after the answer: it overlaps with ours, or the next request waits for it. */
function stagesOf(server: StepRecord['server']): [TimePart, number][] {
  const { post: _, ...stages } = server?.stagesUs ?? {};
  return Object.entries(stages) as [TimePart, number][];
}
