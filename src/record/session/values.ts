import { isRecord, recordOf } from '../../is-record.ts';
import { countOf } from '../../protocol/foreign.ts';
import { jsonBytes } from './json-bytes.ts';
import { type Said, said } from './said.ts';
import type { RecordedTokens } from './session.ts';

/*
 * Values that many formats have, checked where they enter: what isn't as it should be counts as not there.
 */

/** A time, in ms since 1970, of an ISO text (without a zone: UTC), or of a number in s, ms, µs or ns. */
export function timeMsOf(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]/.test(value)) {
    const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`;
    const ms = Date.parse(zoned.replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1'));
    return Number.isNaN(ms) ? undefined : ms;
  }
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return undefined;
  // Seconds of this century have ten digits.
  if (number < 1e11) return number * 1000;
  if (number < 1e14) return number;
  return number < 1e17 ? number / 1000 : number / 1e6;
}

/** A length of time in ms that is no less than 0. */
export function lengthMsOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** What a content says: a text, or the texts of its parts; of other parts, their JSON. */
export function contentSaid(content: unknown, keep: boolean): Said | undefined {
  const text = contentText(content);
  return text === undefined ? undefined : said(text, keep);
}

function contentText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return isRecord(content) ? JSON.stringify(content) : undefined;
  return content
    .map((part) => {
      const { text, content: inner } = recordOf(part);
      if (typeof text === 'string') return text;
      return typeof inner === 'string' ? inner : JSON.stringify(part);
    })
    .join('');
}

/** A tool's result as it is sent: a text as it is, anything else as JSON. */
export function outputSaid(output: unknown, keep: boolean): Said {
  const text = typeof output === 'string' ? output : (JSON.stringify(output) as string | undefined);
  return said(text ?? '', keep);
}

/** Arguments as they are sent: JSON text. */
export function argumentsSaid(value: unknown, keep: boolean): Said {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? {});
  return said(text, keep);
}

/** Token counts under whatever names; undefined where none is there. */
export function tokensFrom(counts: {
  input?: unknown;
  cached?: unknown;
  output?: unknown;
  reasoning?: unknown;
}): RecordedTokens | undefined {
  const tokens: RecordedTokens = {};
  for (const key of ['input', 'cached', 'output', 'reasoning'] as const) {
    const value = counts[key];
    const count = countOf(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
    if (count !== undefined) tokens[key] = count;
  }
  return Object.keys(tokens).length === 0 ? undefined : tokens;
}

/** Tools by name and size. */
export function toolsFrom(tools: unknown): { name: string; bytes: number }[] | undefined {
  if (!Array.isArray(tools)) return undefined;
  return tools.map((tool, index) => {
    const { name, function: inner, type } = recordOf(tool);
    const called = name ?? recordOf(inner)['name'] ?? type;
    return {
      name: typeof called === 'string' ? called : `tool_${index + 1}`,
      bytes: jsonBytes(tool),
    };
  });
}
