import { Document, isCollection, isMap, isSeq, type YAMLMap } from 'yaml';
import type { ScenarioDocument } from './scenario-of.ts';

/**
 * A scenario file in YAML, laid out as one writes it by hand: a line for what the client brings to a step, a line for
 * what the model answers.
 * @param comments lines above it
 */
export function scenarioText(scenario: ScenarioDocument, comments: readonly string[]): string {
  const document = new Document(scenario);
  document.commentBefore = comments.map((line) => ` ${line}`).join('\n');
  const { contents } = document;
  if (isMap(contents)) {
    for (const { key, value } of contents.items) {
      if (!isCollection(value)) continue;
      const name = String(key);
      if (isSeq(value) && name !== 'assumed') {
        for (const item of value.items) if (isMap(item)) layOut(item, name === 'tools');
      } else value.flow = name !== 'assumed';
    }
  }
  return `${document.toString({ lineWidth: 0 }).trimEnd()}\n`;
}

/** A tool on one line; of a step, a line for each of its parts. */
function layOut(item: YAMLMap, flow: boolean): void {
  if (flow) item.flow = true;
  else for (const { value } of item.items) if (isCollection(value)) value.flow = true;
}
