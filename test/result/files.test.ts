import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { encodeHistogram, histogramOf } from '../../src/measure/histogram.ts';
import { readEnvironment } from '../../src/result/environment.ts';
import { createResultFolder, resultFolderName } from '../../src/result/folder.ts';
import { parseResult, readResultFile } from '../../src/result/read.ts';
import { environmentSchema, type Result } from '../../src/result/schema.ts';
import { writeResult } from '../../src/result/write.ts';
import { writeWhole } from '../../src/result/write-whole.ts';
import { toolVersion } from '../../src/tool-version.ts';
import { madeUpResult } from './made-up.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'result-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('writeResult and readResultFile', () => {
  it('gives back what was written, by folder and by file', async () => {
    const result = madeUpResult();
    await writeResult(folder, result, { 'summary.csv': 'a\n' });
    expect(await readResultFile(folder)).toEqual(result);
    expect(await readResultFile(path.join(folder, 'result.json'))).toEqual(result);
    expect(await readFile(path.join(folder, 'summary.csv'), 'utf8')).toBe('a\n');
  });

  it('leaves no temporary file', async () => {
    expect((await readdir(folder)).sort()).toEqual(['result.json', 'summary.csv']);
  });

  it('keeps the old file whole where the new one cannot be written', async () => {
    const target = path.join(folder, 'blocked');
    await mkdir(path.join(target, 'summary.csv', 'in the way'), { recursive: true });
    await writeFile(path.join(target, 'result.json'), 'old');
    await expect(writeResult(target, madeUpResult(), { 'summary.csv': 'new' })).rejects.toThrow();
    expect(await readFile(path.join(target, 'result.json'), 'utf8')).toBe('old');
    expect((await readdir(target)).sort()).toEqual(['result.json', 'summary.csv']);
  });

  it('writes into a pipe, and leaves it a pipe', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [read] = await Promise.all([readFile(pipe, 'utf8'), writeWhole(pipe, ['te', 'xt'])]);
    expect(read).toBe('text');
    expect((await stat(pipe)).isFIFO()).toBe(true);
    await rm(pipe);
  });

  it('writes nothing that does not fit the schema', async () => {
    const target = path.join(folder, 'misfit');
    await mkdir(target);
    const misfit = { ...madeUpResult(), comparisons: 'none' } as unknown as Result;
    await expect(writeResult(target, misfit, {})).rejects.toThrow();
    expect(await readdir(target)).toEqual([]);
  });

  it.each([
    { why: 'nothing there', name: 'nowhere', reason: 'no such file or folder' },
    { why: 'a folder of something else', name: 'other', reason: 'holds no result.json' },
  ])('refuses $why', async ({ name, reason }) => {
    await mkdir(path.join(folder, 'other'), { recursive: true });
    const read = readResultFile(path.join(folder, name));
    await expect(read).rejects.toThrow(UsageError);
    await expect(read).rejects.toThrow(reason);
    await expect(read).rejects.toThrow(name);
  });
});

describe('a doctored result is refused', () => {
  const sound = JSON.stringify(madeUpResult());
  const otherBlob = encodeHistogram(histogramOf([1, 2, 3]));

  it('while the sound one is not', () => {
    expect(() => parseResult(sound, 'x.json')).not.toThrow();
  });

  it.each([
    { why: 'empty file', text: '', reason: 'empty' },
    { why: 'truncated', text: sound.slice(0, 5000), reason: 'truncated' },
    { why: 'no JSON', text: 'transport,metric\n', reason: 'no JSON' },
    { why: 'JSON, but no object', text: 'null', reason: 'not a result' },
    { why: 'a list', text: '[]', reason: 'not a result' },
    { why: 'alien JSON', text: '{"results":[]}', reason: 'not a result' },
    {
      why: 'alien schema',
      text: '{"schema":"https://k6.io/summary"}',
      reason: 'https://k6.io/summary',
    },
    { why: 'newer schema', text: sound.replace('/result/v1', '/result/v2'), reason: 'newer' },
    { why: 'schema alone', text: '{"schema":"agent-latency-bench/result/v1"}', reason: 'tool: ' },
  ])('$why', ({ text, reason }) => {
    expect(() => parseResult(text, 'x.json')).toThrow(UsageError);
    expect(() => parseResult(text, 'x.json')).toThrow(reason);
    expect(() => parseResult(text, 'x.json')).toThrow('x.json');
  });

  it.each<{ why: string; edit: (result: Result) => unknown; reason: string }>([
    { why: 'a key that is not ours', edit: (r) => Object.assign(r, { note: 1 }), reason: 'note' },
    {
      why: 'a number became text',
      edit: (r) => Object.assign(r.run, { seed: '1' }),
      reason: 'run.seed',
    },
    {
      why: 'a percentile was polished',
      edit: (r) => {
        set(r, 'ws', 'workflow_e2e', { p50: 1000 });
      },
      reason: 'workflow_e2e.p50',
    },
    {
      why: 'a mean was polished',
      edit: (r) => {
        set(r, 'ws', 'workflow_e2e', { mean: 1000 });
      },
      reason: 'workflow_e2e.mean',
    },
    {
      why: 'a max was polished',
      edit: (r) => {
        set(r, 'ws', 'step_ttft', { max: 1 });
      },
      reason: 'step_ttft',
    },
    {
      why: 'a count disagrees with its histogram',
      edit: (r) => {
        set(r, 'ws', 'inter_token', { count: 4 });
      },
      reason: 'inter_token.count',
    },
    {
      why: 'a histogram of something else',
      edit: (r) => {
        set(r, 'http', 'step_duration', { histogram: otherBlob });
      },
      reason: 'step_duration.count',
    },
    {
      why: 'a histogram that is none',
      edit: (r) => {
        set(r, 'http', 'step_duration', { histogram: 'AAAA' });
      },
      reason: "can't be decoded",
    },
    {
      why: 'a histogram taken away',
      edit: (r) => {
        set(r, 'http', 'step_duration', { histogram: null });
      },
      reason: 'no histogram',
    },
    {
      why: 'a value where nothing was measured',
      edit: (r) => {
        set(r, 'http', 'dns', { p50: 5 });
      },
      reason: 'dns.p50',
    },
    {
      why: 'failures taken away',
      edit: (r) =>
        Object.assign(r.transports['ws'] ?? {}, {
          workflows: { attempted: 9, completed: 9, failed: 0 },
        }),
      reason: 'ws.workflows.attempted',
    },
    {
      why: 'counters that the rounds do not give',
      edit: (r) => Object.assign(r.transports['http']?.counters ?? {}, { bytes_sent: 1 }),
      reason: 'http.counters.bytes_sent',
    },
    { why: 'a round dropped', edit: (r) => r.rounds.pop(), reason: 'workflows.attempted' },
    {
      why: 'a workflow made faster in its round',
      edit: (r) => Object.assign(r.rounds[0]?.workflows['ws'] ?? {}, { e2eUs: 1 }),
      reason: 'workflow_e2e',
    },
    {
      why: 'a recovery counted that nothing tells of',
      edit: (r) => Object.assign(r.rounds[0]?.workflows['ws']?.counters ?? {}, { reconnects: 1 }),
      reason: 'rounds.0.workflows.ws.counters.reconnects',
    },
    {
      why: 'a step row dropped',
      edit: (r) => r.transports['ws']?.steps.pop(),
      reason: 'ws.steps.length',
    },
    {
      why: 'a step metric polished',
      edit: (r) => Object.assign(r.transports['ws']?.steps[1]?.metrics.step_ttft ?? {}, { p50: 1 }),
      reason: 'ws.steps.1.metrics.step_ttft.p50',
    },
    {
      why: 'a transport taken away',
      edit: (r) => delete r.transports['http-keepalive'],
      reason: 'transports',
    },
    {
      why: 'a round with a transport that did not run',
      edit: (r) => r.rounds[0]?.order.push('http2'),
      reason: 'http2',
    },
    {
      why: 'another scenario claimed',
      edit: (r) => Object.assign(r.run.scenario, { sha256: '00'.repeat(32) }),
      reason: 'fingerprint.scenario',
    },
    {
      why: 'another machine claimed',
      edit: (r) => Object.assign(r.environment, { cpuModel: 'Better CPU' }),
      reason: 'fingerprint.cpuModel',
    },
    {
      why: 'a comparison of what did not run',
      edit: (r) => Object.assign(r.comparisons[0] ?? {}, { candidate: 'http2' }),
      reason: 'comparisons.0',
    },
    {
      why: 'more pairs than rounds',
      edit: (r) => Object.assign(r.comparisons[0] ?? {}, { pairs: 99 }),
      reason: 'comparisons.0.pairs',
    },
    {
      why: 'a change that its ratio does not give',
      edit: (r) => Object.assign(r.comparisons[0] ?? {}, { changePercent: -40 }),
      reason: 'comparisons.0.changePercent',
    },
    {
      why: 'an interval beside its median',
      edit: (r) => Object.assign(r.comparisons[0]?.interval ?? {}, { upper: 0.1 }),
      reason: 'comparisons.0.interval',
    },
  ])('$why', ({ edit, reason }) => {
    const result = JSON.parse(sound) as Result;
    edit(result);
    const read = () => parseResult(JSON.stringify(result), 'x.json');
    expect(read).toThrow(UsageError);
    expect(read).toThrow(reason);
  });

  it('but one of a tool that knew no recoveries is read, as one without any', () => {
    const result = JSON.parse(sound) as Result;
    const later = ['reconnects', 'fallbacks', 'resends', 'retries', 'wasted_output_tokens'];
    const workflows = result.rounds.flatMap((round) => Object.values(round.workflows));
    for (const { counters } of [...workflows, ...Object.values(result.transports)]) {
      for (const name of later) Reflect.deleteProperty(counters, name);
    }
    for (const { phases, steps } of workflows) {
      for (const each of [phases, ...steps.map((step) => step.phases)]) {
        Reflect.deleteProperty(each, 'recoveryUs');
      }
    }
    expect(parseResult(JSON.stringify(result), 'x.json')).toEqual(JSON.parse(sound));
  });

  it('but one of a tool that knew fewer metrics is read', () => {
    const result = JSON.parse(sound) as Result;
    delete result.transports['ws']?.metrics.tpot;
    expect(parseResult(JSON.stringify(result), 'x.json')).toEqual(result);
  });
});

describe('createResultFolder', () => {
  const startedAt = new Date('2026-11-22T18:15:30.999Z');

  it('is named by time and scenario, safely', () => {
    expect(resultFolderName(startedAt, 'coding-agent')).toBe('20261122T181530Z-coding-agent');
    expect(resultFolderName(startedAt, '../my agent/1')).toBe('20261122T181530Z-..-my-agent-1');
  });

  it('numbers folders of the same second, also when they are made at once', async () => {
    const parent = path.join(folder, 'deep', 'results');
    const made = await Promise.all(
      [1, 2, 3].map(() => createResultFolder(parent, startedAt, 'chat')),
    );
    const names = made.map((each) => path.basename(each)).sort();
    const name = '20261122T181530Z-chat';
    expect(names).toEqual([name, `${name}-2`, `${name}-3`]);
    expect(made.every((each) => existsSync(each))).toBe(true);
  });

  it('refuses a parent that is a file, before anything ran', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const made = createResultFolder(file, startedAt, 'chat');
    await expect(made).rejects.toThrow(UsageError);
    await expect(made).rejects.toThrow('--out');
  });
});

it('knows its machine and its own version', async () => {
  const environment = environmentSchema.parse(readEnvironment());
  expect(Object.keys(environment.versions)).toEqual(['undici', 'ws', 'openssl']);
  const packageFile = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(toolVersion()).toBe(packageFile.version);
});

function set(result: Result, transport: string, metric: string, values: object): void {
  const metrics = result.transports[transport]?.metrics as Record<string, object> | undefined;
  Object.assign(metrics?.[metric] ?? {}, values);
}
