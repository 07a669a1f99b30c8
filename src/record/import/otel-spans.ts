import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { timeMsOf } from '../session/values.ts';

/** A span, however it was wrapped. */
export interface Span {
  traceId: string;
  name: string;
  startMs: number;
  endMs: number;
  attributes: Readonly<Record<string, unknown>>;
}

/** The spans in a record: an OTLP export request, a span of its own, or a flat list of them. None in any other record. */
export function spansIn(record: Record<string, unknown>): Span[] {
  return listIn(record['resourceSpans'], 'resource_spans' in record ? record['resource_spans'] : [])
    .flatMap(({ scopeSpans, scope_spans: snake }) => listIn(scopeSpans, snake))
    .flatMap(({ spans }) => listIn(spans))
    .concat(listIn(record['spans']))
    .concat(record['startTime'] !== undefined || record['start_time'] !== undefined ? [record] : [])
    .flatMap((span) => spanOf(span) ?? []);
}

function listIn(...lists: unknown[]): Record<string, unknown>[] {
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter(isRecord) : []));
}

function spanOf(span: Record<string, unknown>): Span | undefined {
  const startMs = spanTimeMs(span['startTimeUnixNano'] ?? span['startTime'] ?? span['start_time']);
  const endMs = spanTimeMs(span['endTimeUnixNano'] ?? span['endTime'] ?? span['end_time']);
  if (startMs === undefined || endMs === undefined) return undefined;
  return {
    traceId: stringOf(span['traceId']) || stringOf(span['trace_id']),
    name: stringOf(span['name']),
    startMs,
    endMs,
    attributes: attributesOf(span['attributes']),
  };
}

/** Also as seconds and nanoseconds. */
function spanTimeMs(time: unknown): number | undefined {
  if (!Array.isArray(time)) return timeMsOf(time);
  const [seconds, nanoseconds] = time as unknown[];
  return Number.isFinite(seconds) && Number.isFinite(nanoseconds)
    ? Number(seconds) * 1000 + Number(nanoseconds) / 1e6
    : undefined;
}

function attributesOf(attributes: unknown): Record<string, unknown> {
  if (!Array.isArray(attributes)) return recordOf(attributes);
  return Object.fromEntries(
    attributes.filter(isRecord).map(({ key, value }) => [stringOf(key), valueOf(value)]),
  );
}

/** OTLP wraps each value in its type; whole numbers may be texts. */
function valueOf(value: unknown): unknown {
  const { stringValue, intValue, doubleValue, boolValue, arrayValue } = recordOf(value);
  if (isRecord(arrayValue)) {
    return Array.isArray(arrayValue['values']) ? arrayValue['values'].map(valueOf) : [];
  }
  return (
    stringValue ??
    (intValue === undefined ? undefined : Number(intValue)) ??
    doubleValue ??
    boolValue
  );
}
