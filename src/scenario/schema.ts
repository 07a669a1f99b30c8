import { z } from 'zod';
import { parseDurationMs } from '../units.ts';
import { exactlyOneOf, oneOrMany, strictMap } from '../userfile/strict-map.ts';
import {
  contentSchema,
  instructionsSchema,
  MAX_CONTENT_BYTES,
  outputSchema,
  sizeSchema,
  sizeShape,
} from './content.ts';

/** Longest wait for one tool: what the histograms hold. */
const MAX_TOOL_TIME_MS = 3_600_000;

const toolName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, {
  error: 'expected 1 to 64 letters, digits, _ or -',
});

const parameters = z
  .looseObject(
    { type: z.literal('object', { error: 'expected the type "object"' }) },
    { error: 'expected a JSON Schema such as { type: object, properties: { … } }' },
  )
  .describe('JSON Schema of the arguments');

const tool = strictMap('{ name: read_file, description: … }', {
  name: toolName.describe('name of the function'),
  description: z.string().optional().describe('what the model is told about it'),
  parameters: parameters.default({ type: 'object', properties: {} }),
  strict: z.boolean().default(false).describe('whether the API holds the model to `parameters`'),
  pad: sizeSchema
    .optional()
    .describe("seeded text after the description, so that the tool's JSON grows by this much"),
});

const agentName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, {
  error: 'expected 1 to 32 letters, digits, _ or -, the first a letter or digit',
});

const call = strictMap('{ tool: read_file, arguments: { … } }', {
  tool: toolName.describe('one of `tools`'),
  arguments: z
    .record(z.string(), z.unknown(), { error: 'expected a map of arguments' })
    .default({})
    .describe('what the model passes'),
  ...sizeShape,
})
  .refine((value) => value.tokens === undefined || value.bytes === undefined, {
    error: 'expected tokens or bytes, got both',
  })
  .describe(
    'a tool call; with a size, the last free string among its arguments is lengthened with seeded text until their JSON has that size',
  )
  .meta({ id: 'call', not: { required: ['tokens', 'bytes'] } });

const duration = z
  .string({ error: 'expected a duration such as 35ms or 1.2s' })
  .superRefine((text, context) => {
    const problem = durationProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

function durationProblem(text: string): string | undefined {
  const got = `got ${JSON.stringify(text.slice(0, 40))}`;
  try {
    const timeMs = parseDurationMs(text, 'time');
    return timeMs > MAX_TOOL_TIME_MS ? `expected at most 1h, ${got}` : undefined;
  } catch {
    return `expected a duration such as 35ms or 1.2s, ${got}`;
  }
}

const toolResult = strictMap('{ output: { tokens: 300 }, time: 35ms }', {
  output: outputSchema,
  time: duration
    .default('0ms')
    .describe('how long the tool took, such as 35ms or 1.2s; waits of parallel calls overlap'),
  agent: agentName
    .optional()
    .describe('one of `sub-agents`, whose session brings the result; `time` comes after it'),
}).meta({ id: 'toolResult' });

const pace = strictMap('{ first: 1.5s, rate: 60 }', {
  first: duration
    .optional()
    .describe("from the prompt to the first token, in place of the profile's queue and prefill"),
  rate: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe("tokens a second after the first, in place of the profile's decode"),
});

const model = strictMap('{ call: { tool: … } } or { text: { tokens: 180 } }', {
  reasoning: contentSchema.optional().describe('what it thinks first'),
  text: contentSchema.optional().describe('what it says'),
  call: oneOrMany(call, 'expected a call or a list of calls')
    .optional()
    .describe('what it calls; several calls are parallel'),
  pace: pace
    .optional()
    .describe("how fast the bundled mock's model is in this step, whatever its profile says"),
})
  .refine((value) => value.text !== undefined || value.call !== undefined, {
    error: 'expected text or call, got neither',
  })
  .meta({ anyOf: [{ required: ['text'] }, { required: ['call'] }] });

const step = strictMap('{ user: …, model: … }', {
  tool: oneOrMany(toolResult, 'expected a result or a list of results')
    .optional()
    .describe('results of the calls of the step before, in their order'),
  user: contentSchema.optional().describe('what the user says'),
  think: duration
    .optional()
    .describe(
      'how long the user thinks before saying it: the connection lies idle, and the time is not the workflow’s',
    ),
  model: model.describe("the model's answer"),
  repeat: z
    .int()
    .min(1)
    .max(10_000)
    .default(1)
    .describe('so many times in a row, each answering the one before'),
})
  .refine(({ think, user }) => think === undefined || user !== undefined, {
    error: 'expected think with what the user says after it',
  })
  .meta({ dependentRequired: { think: ['user'] } });

const maxContext = z.int().min(1).max(MAX_CONTENT_BYTES);

const compaction = strictMap('{ above: { tokens: 20000 } }', {
  above: exactlyOneOf(
    ['tokens', 'bytes'],
    strictMap('{ tokens: 20000 }', {
      tokens: maxContext.optional().describe('size in tokens of 4 bytes'),
      bytes: maxContext.optional().describe('size in bytes'),
    }),
  ).describe('size of the context, as JSON, that no request may pass'),
});

/** What a session is made of, an agent's or a sub-agent's. */
const session = {
  instructions: instructionsSchema.optional().describe('standing orders to the model'),
  tools: z.array(tool).default([]).describe('sent with every request'),
  compact: compaction
    .optional()
    .describe('before a context would grow beyond this, it is compacted (POST /responses/compact)'),
  steps: z.array(step).min(1).describe('one model call each'),
};

const subAgent = strictMap('{ tools: …, steps: … }', session);

/** A scenario file as users write it. Unknown keys are errors. */
export const scenarioSchema = strictMap('{ name: …, steps: … }', {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
      error: 'expected 1 to 64 letters, digits, dots, _ or -, the first a letter or digit',
    })
    .describe('names results, and is the `model` that asks the bundled server for this scenario'),
  description: z.string().default('').describe('one sentence for people'),
  ...session,
  'sub-agents': z
    .record(agentName, subAgent, { error: 'expected a map of sub-agents by their names' })
    .optional()
    .describe(
      'sessions that results of tools come from: those of one step run side by side, and the agent waits for the longest',
    ),
  assumed: z
    .array(z.string())
    .default([])
    .describe('what the recording that this was made from did not know, for people'),
  $schema: z.string().optional().describe('JSON Schema for editors; not used'),
});

/** A scenario file that fits the schema, defaults filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;
/** A session of a scenario: the agent's, or one of its sub-agents'. */
export type Session = z.infer<typeof subAgent>;
/** A model's turn: what it answers. */
export type Model = z.infer<typeof model>;
/** One tool that the model may call. */
export type Tool = z.infer<typeof tool>;
/** How fast the model is in one step. */
export type Pace = z.infer<typeof pace>;
/** One tool call. */
export type Call = z.infer<typeof call>;

/** JSON Schema (draft 2020-12) of the scenario file, for editors and other programs. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(scenarioSchema, { io: 'input' });
  return {
    $schema,
    $id: 'urn:agent-latency-bench:scenario:v1',
    title: 'Scenario of agent-latency-bench',
    ...rest,
  };
}
