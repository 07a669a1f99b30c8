import { type Command, Option } from 'commander';

const GROUP = 'Config file:';

/**
 * A command with `--config` and `--no-config` added; what the file says is in the flags when the command's action runs.
 */
export function addConfigFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--config <file>',
        'YAML with flags of run and gate (default: agent-latency-bench.yaml, if there)',
      ).helpGroup(GROUP),
    )
    .addOption(new Option('--no-config', 'do not look for one').helpGroup(GROUP))
    .hook('preAction', async (_, called) => {
      const { applyConfig } = await import('./config.ts');
      await applyConfig(called);
    });
}
