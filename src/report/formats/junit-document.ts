import { xmlElement } from './xml.ts';

/** A check of any kind, as CI servers list them. */
export interface JunitCase {
  name: string;
  timeUs: number;
  outcome:
    | { state: 'passed' }
    | { state: 'skipped'; reason: string }
    | { state: 'failure' | 'error'; type: string; message: string };
}

/** Checks that belong together. */
export interface JunitSuite {
  name: string;
  startedAt: string;
  properties: readonly (readonly [name: string, value: string])[];
  cases: readonly JunitCase[];
  /** Lines for people. */
  said: readonly string[];
}

/**
 * JUnit's XML as Apache Ant writes it and CI servers read it: of the many dialects the strictest, so that each of them
 * is content (https://github.com/windyroad/JUnit-Schema, and the schema of Jenkins' xUnit plugin).
 */
export function junitDocument(suites: readonly JunitSuite[]): string {
  const lines = xmlElement(
    'testsuites',
    {},
    suites.flatMap((suite, id) => suiteLines(suite, id)),
  );
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...lines, ''].join('\n');
}

function suiteLines(
  { name, startedAt, properties, cases, said }: JunitSuite,
  id: number,
): string[] {
  const count = (state: JunitCase['outcome']['state']): number =>
    cases.filter(({ outcome }) => outcome.state === state).length;
  const attributes = {
    id,
    package: 'agent-latency-bench',
    name,
    // The schema wants no zone, and a host that a result does not name.
    timestamp: startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
    hostname: 'localhost',
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(cases.reduce((sum, { timeUs }) => sum + timeUs, 0)),
  };
  return xmlElement('testsuite', attributes, [
    ...xmlElement(
      'properties',
      {},
      properties.flatMap(([key, value]) => xmlElement('property', { name: key, value })),
    ),
    ...cases.flatMap((each) => caseLines(each, name)),
    ...xmlElement('system-out', {}, said.join('\n')),
    ...xmlElement('system-err', {}, ''),
  ]);
}

function caseLines({ name, timeUs, outcome }: JunitCase, classname: string): string[] {
  return xmlElement('testcase', { classname, name, time: seconds(timeUs) }, outcomeLines(outcome));
}

function outcomeLines(outcome: JunitCase['outcome']): string[] {
  switch (outcome.state) {
    case 'passed':
      return [];
    case 'skipped':
      return xmlElement('skipped', {}, outcome.reason);
    case 'failure':
    case 'error': {
      const { state, type, message } = outcome;
      return xmlElement(state, { type, message }, message);
    }
  }
}

function seconds(us: number): string {
  return (us / 1_000_000).toFixed(6);
}
