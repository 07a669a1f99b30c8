import type { Result } from '../../result/schema.ts';

/** An attribute as OTLP JSON writes it: 64-bit integers are strings. */
export interface Attribute {
  key: string;
  value:
    | { stringValue: string }
    | { intValue: string }
    | { doubleValue: number }
    | { boolValue: boolean };
}

/** The attributes of a record; those without a value are left out. */
export function attributesOf(
  facts: Readonly<Record<string, string | number | null | undefined>>,
): Attribute[] {
  return Object.entries(facts).flatMap(([key, fact]): Attribute[] => {
    if (fact === null || fact === undefined) return [];
    if (typeof fact === 'string') return [{ key, value: { stringValue: fact } }];
    return Number.isInteger(fact)
      ? [{ key, value: { intValue: String(fact) } }]
      : [{ key, value: { doubleValue: fact } }];
  });
}

/** A duration in µs as the seconds that OpenTelemetry's conventions want. */
export function seconds(us: number): { doubleValue: number } {
  return { doubleValue: us / 1_000_000 };
}

/** The source of all telemetry of a run. */
export function resourceOf({ tool, run }: Result) {
  return {
    attributes: attributesOf({
      'service.name': tool.name,
      'service.version': tool.version,
      'service.instance.id': run.id,
    }),
  };
}

/** Who made the telemetry. */
export function scopeOf({ tool }: Result) {
  return { name: tool.name, version: tool.version };
}

/** What every span and metric of a run says of the model that was asked. */
export function modelFacts({ run }: Result): Record<string, string> {
  return {
    'gen_ai.provider.name': providers[run.endpoint.provider ?? ''] ?? 'openai',
    'gen_ai.request.model': run.options.model ?? run.scenario.name,
  };
}

/** The names that the conventions know; all of them speak the Responses API of the first. */
const providers: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  xai: 'x_ai',
};

/** A moment of a run in ns since 1970, as a string: it has more digits than a double. */
export function nanosOf({ run }: Pick<Result, 'run'>, us: number): string {
  return String(BigInt(Date.parse(run.startedAt)) * 1_000_000n + BigInt(Math.round(us)) * 1000n);
}
