import { recordOf } from '../is-record.ts';

/** The parts of a workflow's time that had other names in results written before. */
const renamedParts = new Map([['recovery', 'outage']]);

/** The document with the names of today, whenever it was written. */
export function withNamesOfToday(document: Record<string, unknown>): Record<string, unknown> {
  const attribution = recordOf(document['attribution']);
  const arms = Object.entries(recordOf(attribution['arms']));
  if (arms.length === 0) return document;
  const renewed = arms.map(([name, arm]) => {
    const { parts, ...rest } = recordOf(arm);
    return [name, { ...rest, ...(parts !== undefined && { parts: renamed(recordOf(parts)) }) }];
  });
  const renewedArms: unknown = Object.fromEntries(renewed);
  return { ...document, attribution: { ...attribution, arms: renewedArms } };
}

function renamed(parts: Record<string, unknown>): unknown {
  return Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [renamedParts.get(name) ?? name, value]),
  );
}
