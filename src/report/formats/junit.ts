import type { GateCheck, GateReport } from '../../compare/gate/report.ts';
import { stepsOf } from '../../result/query.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { conditionsOf } from '../blocks/conditions.ts';
import { toldWarnings } from '../blocks/warnings.ts';
import { failureText } from '../text/failure.ts';
import { severityOf } from '../text/severity.ts';
import { type JunitCase, type JunitSuite, junitDocument } from './junit-document.ts';
import type { ReportOptions } from './options.ts';

/** A suite per transport, a case per workflow with its time; then those of the verdict on it, if there is one. */
export function junitReport(result: Result, { gate }: ReportOptions = {}): string {
  return junitDocument([...workflowSuites(result), ...(gate ? checkSuites(gate) : [])]);
}

/** A suite per transport, a case per check; what is inconclusive or only warns is skipped, with the reason. */
export function junitGateReport(report: GateReport): string {
  return junitDocument(checkSuites(report));
}

function workflowSuites(result: Result): JunitSuite[] {
  const { run, rounds } = result;
  const properties = conditionsOf(result).map(
    ({ label, lines }) => [label, lines.join('; ')] as const,
  );
  return run.options.transports.map((transport) => ({
    name: `${run.scenario.name}.${transport}`,
    startedAt: run.startedAt,
    properties,
    cases: rounds.flatMap(({ index, workflows }) => {
      const workflow = workflows[transport];
      return workflow === undefined ? [] : [workflowCase(index, workflow)];
    }),
    said: toldWarnings(result).map(({ message }) => message),
  }));
}

function checkSuites(report: GateReport): JunitSuite[] {
  const { base, candidate, checks, warnings } = report;
  const properties = [
    ['candidate', candidate.endpoint] as const,
    ...(base === null ? [] : [['base', base.endpoint] as const]),
    ['interleaved', String(report.interleaved)] as const,
    ['verdict', report.verdict] as const,
  ];
  const transports = [...new Set(checks.map(({ transport }) => transport))];
  return transports.map((transport) => {
    const own = checks.filter((check) => check.transport === transport);
    return {
      name: `${candidate.scenario}.${transport}.checks`,
      startedAt: candidate.startedAt,
      properties,
      cases: own.map((check) => checkCase(check, report)),
      said: [...own, ...warnings].map(({ message }) => message),
    };
  });
}

function workflowCase(index: number, workflow: WorkflowRecord): JunitCase {
  const { e2eUs: timeUs } = workflow;
  const name = `round ${index}`;
  switch (workflow.state) {
    case 'completed':
      return { name, timeUs, outcome: { state: 'passed' } };
    case 'aborted':
      return { name, timeUs, outcome: { state: 'skipped', reason: 'interrupted' } };
    case 'failed': {
      const step = stepsOf(workflow).findLast(({ failure }) => failure !== undefined);
      const message = step?.failure ? `step ${step.index} ${failureText(step.failure)}` : 'failed';
      const type = step?.failure?.kind ?? 'failed';
      return { name, timeUs, outcome: { state: 'error', type, message } };
    }
  }
}

function checkCase(check: GateCheck, report: GateReport): JunitCase {
  const { metric, verdict, message } = check;
  const name = check.kind === 'threshold' ? check.threshold : `${metric} against the base`;
  const severity = severityOf(check, report);
  const outcome: JunitCase['outcome'] =
    severity === 'pass'
      ? { state: 'passed' }
      : severity === 'error'
        ? { state: 'failure', type: verdict, message }
        : { state: 'skipped', reason: `${verdict}: ${message}` };
  return { name, timeUs: 0, outcome };
}
