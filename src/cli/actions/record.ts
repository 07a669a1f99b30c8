import { readFile } from 'node:fs/promises';
import { type Recording, startRecording } from '../../app/record/record.ts';
import { RunError, UsageError } from '../../errors.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { writeCertificate } from '../terminal/write-certificate.ts';
import { madeScenarioWords } from '../words/made-scenario.ts';
import { trafficWords } from '../words/traffic.ts';
import { scenarioFiles, writeScenarios } from './scenario-files.ts';

/** The flags of `record`. */
export interface RecordFlags {
  port: number;
  host: string;
  sessions?: number;
  out?: string;
  name?: string;
  keepContent?: true;
  raw?: string;
  tls?: true;
  tlsCaOut?: string;
  cacert?: string;
  insecure?: true;
  force?: true;
}

/** The action of `record`: passes everything through until Ctrl-C, then writes a scenario for each conversation. */
export async function recordAction(url: string, flags: RecordFlags): Promise<void> {
  const { port, host, keepContent, tls, tlsCaOut, insecure, out, force = false } = flags;
  if (tlsCaOut !== undefined && tls !== true) {
    throw new UsageError('--tls-ca-out: expected with --tls, got no --tls');
  }
  const name = nameFrom(flags.name);
  // Before anything is recorded that would then have no place.
  if (out !== undefined && !force) await scenarioFiles([{ name }], out, force);
  const recording = await startRecording({
    ...{ url, port, host, name },
    ...(keepContent && { keepContent }),
    ...(flags.raw !== undefined && { raw: flags.raw, force }),
    ...(tls && { tls }),
    ...(insecure && { insecure }),
    ...(flags.cacert !== undefined && { ca: await certificateFrom(flags.cacert) }),
  });
  if (tlsCaOut !== undefined && recording.ca !== undefined)
    await writeCertificate(tlsCaOut, recording.ca);
  if (flags.raw !== undefined) {
    process.stderr.write(
      `warning: --raw writes every word that passes to ${flags.raw}, readable by you alone; headers are left out\n`,
    );
  }
  process.stdout.write(`listening on ${recording.url}\n`);
  await interruptible((signal) => untilEnd(recording, flags.sessions, signal));
  const { scenarios, traffic, rawFailure } = await recording.stop();
  process.stdout.write(`${trafficWords(traffic, scenarios)}\n`);
  if (scenarios.length === 0) {
    throw new RunError('record: expected a conversation to pass, got none; nothing is written');
  }
  const files = await scenarioFiles(scenarios, out, force);
  await writeScenarios(files);
  for (const { scenario, file } of files) {
    process.stdout.write(`${madeScenarioWords(scenario, file)}\n`);
  }
  if (rawFailure !== undefined) {
    throw new RunError(`--raw: ${flags.raw ?? ''} is not whole (${rawFailure})`);
  }
}

function untilEnd(
  recording: Recording,
  sessions: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  return sessions === undefined
    ? interrupted
    : Promise.race([interrupted, recording.ended(sessions)]);
}

function nameFrom(name: string | undefined): string {
  if (name === undefined) {
    return `recorded-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`;
  }
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,55}$/.test(name)) return name;
  throw new UsageError(
    `--name: expected 1 to 56 letters, digits, dots, _ or -, the first a letter or digit, got ${JSON.stringify(name.slice(0, 80))}`,
  );
}

async function certificateFrom(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new UsageError(`--cacert: expected a PEM file, got ${file} (${code})`);
  }
}
