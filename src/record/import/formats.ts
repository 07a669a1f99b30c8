import { UsageError } from '../../errors.ts';
import { isRecord } from '../../is-record.ts';
import type { RecordedSession } from '../session/session.ts';
import { agentsSdk } from './agents-sdk.ts';
import { atif } from './atif.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { codexLogs } from './codex-logs.ts';
import { copilot } from './copilot.ts';
import type { SessionFormat } from './format.ts';
import { har } from './har.ts';
import { mooncake } from './mooncake.ts';
import { openaiJsonl } from './openai-jsonl.ts';
import { otel } from './otel.ts';
import { headOf, type Source, sessionName } from './source.ts';
import { weka } from './weka.ts';

/** Every kind of session file that can be imported; the first that recognises a file reads it. */
export const sessionFormats: readonly SessionFormat[] = [
  codex,
  claude,
  copilot,
  otel,
  codexLogs,
  agentsSdk,
  atif,
  weka,
  mooncake,
  har,
  openaiJsonl,
];

/**
 * The conversations of a file; none where no model was called.
 * @param format what it is, where that isn't to be guessed
 * @throws UsageError if it is of no known kind, or can't be read to its end
 */
export async function readSessions(
  source: Source,
  { format, keep }: { format?: string; keep: boolean },
): Promise<RecordedSession[]> {
  const reader = format === undefined ? await guess(source) : formatNamed(format);
  if (reader === undefined) {
    throw new UsageError(
      `${source.path}: expected a session of a known kind (${names()}), got other JSON; --format tells which it is`,
    );
  }
  return reader.read(source.records(), { name: sessionName(source.path), keep });
}

/** Whether some format recognises a file. */
export async function isSession(source: Source): Promise<boolean> {
  return (await guess(source).catch(() => undefined)) !== undefined;
}

async function guess(source: Source): Promise<SessionFormat | undefined> {
  const head = (await headOf(source)).filter(isRecord);
  if (head.length === 0) {
    throw new UsageError(`${source.path}: expected a session, got an empty file`);
  }
  return sessionFormats.find(({ recognise }) => recognise(head));
}

function formatNamed(name: string): SessionFormat {
  const format = sessionFormats.find((each) => each.name === name);
  if (format !== undefined) return format;
  throw new UsageError(`--format: expected one of ${names()}, got ${JSON.stringify(name)}`);
}

function names(): string {
  return sessionFormats.map(({ name }) => name).join(', ');
}
