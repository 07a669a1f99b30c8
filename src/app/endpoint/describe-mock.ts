import { z } from 'zod';
import { profileSchema } from '../../mock/profile/schema.ts';
import { cacheKinds } from '../../mock/profile/stages.ts';
import { plainText } from '../../protocol/foreign.ts';
import { MOCK_PATH, type MockDescription } from '../../protocol/mock-identity.ts';
import { probe } from '../../transport/http/probe.ts';
import type { Endpoint } from '../../transport/transport.ts';

/**
 * The description of a mock of ours, asked of the mock itself; undefined where it gives none that makes sense. It goes into
 * the result, and anybody can say that he is our mock: so only what is built like a description is taken, its words cleaned.
 */
export async function describeMock(
  endpoint: Endpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<MockDescription | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutMs))]);
  try {
    const { body } = await probe(endpoint, {}, limit, MOCK_PATH);
    const { fault, ...described } = descriptionSchema.parse(JSON.parse(body, cleaned));
    return { ...described, ...(fault !== undefined && { fault }) };
  } catch {
    return undefined;
  }
}

const descriptionSchema = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+[\w.+-]{0,40}$/),
  seed: z.int(),
  profile: profileSchema,
  cacheOff: z.array(z.enum(cacheKinds)),
  fault: z.string().max(2000).optional(),
});

function cleaned(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? plainText(value) : value;
}
