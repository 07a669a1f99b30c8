import { Argument, Command } from 'commander';

/** `schema <scenario|result>`. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of a file format.')
    .addArgument(new Argument('<format>', 'which format').choices(['scenario', 'result']))
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench schema scenario > scenario.schema.json`,
    )
    .action(async (format: 'scenario' | 'result') => {
      const schema =
        format === 'scenario'
          ? (await import('../scenario/schema.ts')).scenarioJsonSchema()
          : (await import('../result/schema.ts')).resultJsonSchema();
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
