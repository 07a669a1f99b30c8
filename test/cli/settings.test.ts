import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { interleaveDefaults } from '../../src/app/interleave.ts';
import { resolveOptions } from '../../src/app/options/resolve.ts';
import { settingGroups, settings } from '../../src/app/options/settings/index.ts';
import { type CommandName, type Setting, saidOn } from '../../src/app/options/settings/setting.ts';
import { compareCommand } from '../../src/cli/commands/compare.ts';
import { doctorCommand } from '../../src/cli/commands/doctor.ts';
import { gateCommand } from '../../src/cli/commands/gate.ts';
import { mergeCommand } from '../../src/cli/commands/merge.ts';
import { reportCommand } from '../../src/cli/commands/report.ts';
import { runCommand } from '../../src/cli/commands/run.ts';
import { gatePlanOf } from '../../src/cli/flags/gate-terms.ts';
import { optionsOf, type RunFlags } from '../../src/cli/flags/run-flags.ts';
import { defaultRecovery } from '../../src/runner/recovery/recovery.ts';
import { defaultSessionLimits } from '../../src/transport/session-limits.ts';
import { onlyResult, runCli } from '../support/cli.ts';
import { documentedValues, longFlag } from '../support/documented-values.ts';

vi.setConfig({ testTimeout: 30_000 });

const commands: Record<CommandName, () => Command> = {
  run: () => runCommand(new Command()),
  gate: () => gateCommand(new Command()),
  compare: () => compareCommand(new Command()),
  report: () => reportCommand(new Command()),
  merge: () => mergeCommand(new Command()),
  doctor: () => doctorCommand(new Command()),
};

/** What a setting can't do without. */
const companions: Record<string, string[]> = {
  maxRounds: ['--until', '2%'],
  arrival: ['--rate', '5'],
  window: ['--rate', '5'],
  bandwidth: ['--rtt', '1ms'],
  jitter: ['--rtt', '1ms'],
  slowStart: ['--link', 'lan'],
  idleRestart: ['--link', 'lan'],
  resolve: ['--url', 'http://localhost:8000/v1'],
  provider: ['--url', 'https://mine.openai.azure.com'],
  key: ['--url', 'http://127.0.0.1:1/v1', '--cert', 'some-name'],
  ...Object.fromEntries(
    ['model', 'apiKeyEnv', 'header', 'cacert', 'insecure', 'proxy', 'cert'].map((name) => [
      name,
      ['--url', 'http://127.0.0.1:1/v1'],
    ]),
  ),
};

/** Files and variables that must be there: what becomes of them is tried elsewhere. */
const elsewhere: ReadonlySet<string> = new Set(['apiKeyEnv', 'cacert', 'cert', 'key', 'maxRounds']);

const rows: [string, Setting][] = Object.entries(settings);

const documented = rows.flatMap(([name, setting]) =>
  setting.on.flatMap((command) =>
    argumentsOf(setting).map((args) => [command, args.join(' '), name, args] as const),
  ),
);

describe('every documented value', () => {
  it.each(documented)('%s %s is read', async (command, _, name, args) => {
    const flags = await parse(command, [...(companions[name] ?? []), ...args]);
    expect(flags[name]).not.toBeUndefined();
    expect(flags[name]).not.toBe('');
    expect(flags[name]).not.toBeNaN();
    if (command !== 'run') return;
    await gatePlanOf(flags);
    if (!elsewhere.has(name)) await resolveOptions(await optionsOf(flags));
  });

  it.each(rows)('--%s: words that its help spells out are among the tried', (_, setting) => {
    const [, placeholder = ''] = /<(.*)>/.exec(setting.flag) ?? [];
    const words = placeholder.split('|').filter((word) => /^(none|recorded|flaky)$/.test(word));
    expect(documentedValues(setting)).toEqual(expect.arrayContaining(words));
  });

  it('none means never, from the command line to the result', async () => {
    const quick = ['run', 'quick', '--no-config', '-n', '1', '-w', '0', '-t', 'ws', '-q'];
    const none = ['--rotate', '--ping', '--idle-close', '--tool-time'].flatMap((flag) => [
      flag,
      'none',
    ]);
    const { code, cwd } = await runCli([...quick, ...none, '--profile', 'instant']);
    expect(code).toBe(0);
    expect((await onlyResult(cwd)).run.options).toMatchObject({
      toolTime: 'none',
      recovery: { rotateMs: null, pingIntervalMs: null, idleCloseMs: null },
    });
  });
});

describe('the table of settings', () => {
  it('has every row under a heading of each command that has it, once', () => {
    for (const command of Object.keys(commands) as CommandName[]) {
      const listed = settingGroups[command].flatMap((group) => Object.keys(group.settings));
      const own = rows.filter(([, { on }]) => on.includes(command)).map(([name]) => name);
      expect(listed.filter((name) => own.includes(name)).sort()).toEqual(own.sort());
    }
  });

  it('names every row as commander does', () => {
    for (const [name, { on }] of rows) {
      for (const command of on) {
        const known = commands[command]().options.map((option) => option.attributeName());
        expect(known).toContain(name);
      }
    }
  });

  it.each(rows.filter(([, setting]) => setting.default !== undefined))(
    'prints the default of %s that holds',
    async (name, { flag, default: said, on }) => {
      if (!on.includes('run')) return;
      const [long = ''] = /--[a-z-]+/.exec(flag) ?? [];
      const given = await parse('run', [
        ...(companions[name] ?? []),
        long,
        saidOn('run', said) ?? '',
      ]);
      const absent = await parse('run', companions[name] ?? []);
      expect(await effect(given)).toEqual(await effect(absent));
    },
  );

  it('has the defaults of the rooms below', async () => {
    expect((await resolveOptions({})).recovery).toMatchObject({
      retries: defaultRecovery.retries,
      retryPartial: defaultRecovery.retryPartial,
      ...defaultSessionLimits,
    });
    expect(settings.iterations.default.gate).toBe(String(interleaveDefaults.iterations));
    expect(settings.transports.default.gate).toBe(interleaveDefaults.transports.join(','));
  });
});

function argumentsOf(setting: Setting): string[][] {
  const values = documentedValues(setting);
  return values.length === 0
    ? [[longFlag(setting)]]
    : values.map((value) => [longFlag(setting), value]);
}

/** The flags that a command's action is handed; the action itself stays out. */
async function parse(
  name: CommandName,
  args: readonly string[],
): Promise<RunFlags & Record<string, unknown>> {
  const command = commands[name]().exitOverride();
  command.action(() => undefined);
  const operands = {
    run: [],
    gate: [],
    compare: ['a', 'b'],
    report: ['a'],
    merge: ['a'],
    doctor: [],
  }[name];
  const config = name === 'run' || name === 'gate' ? ['--no-config'] : [];
  // The doctor's endpoint is no flag.
  const given = name === 'doctor' ? args.filter((arg) => arg !== '--url') : args;
  await command.parseAsync([...operands, ...config, ...given], { from: 'user' });
  return command.opts();
}

async function effect(flags: RunFlags): Promise<unknown> {
  const { options } = await gatePlanOf(flags);
  return [await resolveOptions(await optionsOf(flags)), options];
}
