import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** What somebody writes who has read docs/library.md: every call, and a name for every type that a call takes or gives. */
const wishes = `
import {
  calibrate, estimate, estimateRequirements, expandScenario, gate, loadScenario, parseThreshold, planRounds, readResult, reporters,
  runBenchmark, runInterleaved, startMock, trackSpend, writeResult,
  type Aim, type BenchmarkOptions, type Calibration, type CalibrateOptions, type EndpointOptions, type Estimate,
  type EstimateOptions, type FaultSetup,
  type GateReport, type InterleavedResults, type LinkSettings, type LoadedScenario, type Margin, type MockOptions,
  type OutcomeItem, type Plan, type Precision, type Profile, type ProviderName,
  type RecoveryOptions, type RequestOptions, type Requirement, type Result, type RoundEvent,
  type RunBenchmarkOptions, type RunHooks, type RunInterleavedOptions, type RunningMock, type RunSize, type Script,
  type SessionPlace, type SideName, type Spend, type Threshold, type TransportName, type WorkflowEvent,
} from 'agent-latency-bench';
import { mkdtemp } from 'node:fs/promises';

await using mock: RunningMock = await startMock();
await using troubled = await startMock({ profile: 'fast', fault: '503@0.1' });
const profile: Profile = {
  name: 'mine', description: 'made up', decode: { tokensPerSecond: 5000, source: 'made up' },
};
const options: MockOptions = { profile, fault: 'flaky', seed: 3 };
await using own = await startMock(options);

const loaded: LoadedScenario = await loadScenario('chat');
const script: Script = expandScenario(loaded, 1);
const transports: readonly TransportName[] = ['http', 'ws'];
const common = { transports, iterations: 6, warmup: 0, toolTime: 'none', calibrate: false } as const;
const sessions: WorkflowEvent[] = [];
const rounds: RoundEvent[] = [];
const hooks: RunHooks = {
  onStart: (size: RunSize) => void size.workflows,
  onStep: (place: SessionPlace) => void place.warmup,
  onWorkflow: (event) => sessions.push(event),
  onRound: (event) => {
    rounds.push(event);
    return undefined;
  },
  onPrecision: (precision: Precision) => void precision.wanted,
};
const wanted: EstimateOptions = { scenario: 'chat', link: 'region' };
const reckoned: Estimate = await estimate(wanted);
const required: Requirement[] = await estimateRequirements(wanted, 0.1);
if (required.length === 0 || reckoned.steps !== 3) throw new Error('nothing was estimated');
const signal = AbortSignal.timeout(60_000);
const endpoint: EndpointOptions = { url: mock.url };
const request: RequestOptions = { toolChoice: 'auto', omit: ['include'] };
const provider: ProviderName = 'azure';
if (provider.length + (request.omit?.length ?? 0) !== 6) throw new Error('no such types');
const spend: Spend = trackSpend({ maxRequests: 1000 });
const asked: RunBenchmarkOptions = { ...common, ...hooks, scenario: script, endpoint, spend, signal };
const result: Result = await runBenchmark(asked);
const answer: readonly OutcomeItem[] = sessions[0]?.outcome ?? [];

const both: RunInterleavedOptions = {
  ...common, transports: ['ws'], scenario: 'chat', base: endpoint, candidate: { url: own.url }, signal,
};
const { base, candidate }: InterleavedResults = await runInterleaved(both);

const threshold: Threshold = parseThreshold('failed: rate<1%', 'mine');
const margin: Margin = { relative: 10, absoluteUs: 1000 };
const report: GateReport = gate(candidate, { baseline: base, thresholds: [threshold], margin });
const aim: Aim = { effect: 0.5, power: 0.8, margin: 0 };
const plan: Plan = planRounds(result, undefined, aim);

const folder = await mkdtemp('result-');
await writeResult(folder, result);
const again = await readResult(folder);

const patience: CalibrateOptions = { signal };
const ownError: Calibration = await calibrate(patience);
const link: LinkSettings['rttMs'] = 1;
const recovery: RecoveryOptions = { retries: 1 };
const more: BenchmarkOptions = { recovery };
const side: SideName = 'base';
const setup: FaultSetup | undefined = undefined;

console.log(JSON.stringify({
  complete: again.run.complete,
  scenario: result.run.scenario.name,
  sessions: sessions.length,
  rounds: rounds.length,
  said: answer.length > 0,
  exitCode: report.exitCode,
  planned: plan.comparisons.length,
  calibrated: ownError.noiseFloorUs > 0,
  table: reporters.table(result).includes('chat'),
  urls: new Set([mock.url, troubled.url, own.url]).size,
  unused: [link, more, side, setup].length,
}));
`;

/** A project of somebody else's, as strict as TypeScript gets, that has this package installed. */
const tsconfig = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    types: ['node'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  },
  files: ['wishes.ts'],
};

describe('the package in a strict TypeScript project', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await tempFolder();
    const modules = path.join(folder, 'node_modules');
    await mkdir(modules);
    await symlink(root, path.join(modules, 'agent-latency-bench'));
    await symlink(path.join(root, 'node_modules', '@types'), path.join(modules, '@types'));
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    await writeFile(path.join(folder, 'wishes.ts'), wishes);
  });

  it('compiles with every declaration checked, and does what it was asked for', async () => {
    const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const compiled = await run(process.execPath, [tsc, '-p', folder]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(compiled.stdout).toBe('');
    const { stdout } = await run(process.execPath, ['wishes.js'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      complete: true,
      scenario: 'chat',
      sessions: 12,
      rounds: 6,
      said: true,
      exitCode: 0,
      planned: 1,
      calibrated: true,
      table: true,
      urls: 3,
      unused: 4,
    });
  });
});
