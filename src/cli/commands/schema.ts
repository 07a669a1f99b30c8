import { Argument, type Command } from 'commander';

const formats = ['scenario', 'result', 'profile', 'gate', 'config', 'doctor'] as const;

/** The arguments, flags and action of `schema <scenario|result|profile|gate|config|doctor>`, added to its command. */
export function schemaCommand(command: Command): Command {
  return command
    .addArgument(new Argument('<format>', 'which format').choices(formats))
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench schema scenario > scenario.schema.json`,
    )
    .action(async (format: Format) => {
      process.stdout.write(`${JSON.stringify(await schemaOf(format), null, 2)}\n`);
    });
}

type Format = (typeof formats)[number];

/** Only what is asked for is loaded. */
async function schemaOf(format: Format): Promise<Record<string, unknown>> {
  switch (format) {
    case 'scenario':
      return (await import('../../scenario/schema.ts')).scenarioJsonSchema();
    case 'result':
      return (await import('../../result/schema.ts')).resultJsonSchema();
    case 'gate':
      return (await import('../../compare/gate/report.ts')).gateJsonSchema();
    case 'config':
      return (await import('../../app/config/config-schema.ts')).configJsonSchema();
    case 'doctor':
      return (await import('../../app/doctor/report.ts')).doctorJsonSchema();
    case 'profile':
      return (await import('../../mock/profile/schema.ts')).profileJsonSchema();
  }
}
