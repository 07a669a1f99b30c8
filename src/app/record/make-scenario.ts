import { completeSession } from '../../record/session/complete.ts';
import {
  type SessionFigures,
  scenarioOf,
  sessionFigures,
} from '../../record/session/scenario-of.ts';
import { scenarioText } from '../../record/session/scenario-text.ts';
import type { RecordedSession } from '../../record/session/session.ts';
import { describeScript, type ScriptDescription } from '../../scenario/describe.ts';
import { expandScenario } from '../../scenario/expand.ts';
import { parseScenario } from '../../scenario/load.ts';
import { whatItWouldGain } from './gain.ts';

/** A scenario file made of a recorded session, and what there is to say of it. */
export interface MadeScenario {
  name: string;
  origin: string;
  /** The file, in YAML. */
  text: string;
  figures: SessionFigures;
  /** What its replay sends. */
  replay: ScriptDescription;
  /** What the recording didn't know. */
  assumed: readonly string[];
  notes: readonly string[];
  /** What it would gain over another transport, in sentences. */
  gain: readonly string[];
}

/** The scenario of a recorded session, checked as any scenario that a user wrote. */
export async function makeScenario(session: RecordedSession): Promise<MadeScenario> {
  const document = scenarioOf(session);
  const text = scenarioText(document, [
    `Made from a ${session.origin}: sizes, calls, tool times and pace as recorded, the words are filler.`,
  ]);
  const script = expandScenario(await parseScenario(text, `${session.name}.yaml`), 1);
  return {
    name: session.name,
    origin: session.origin,
    text,
    figures: sessionFigures(session),
    replay: describeScript(script),
    assumed: completeSession(session).assumed,
    notes: session.notes,
    gain: whatItWouldGain(script),
  };
}
