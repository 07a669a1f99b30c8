import type { OpenAI } from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { expect } from 'vitest';

type Response = OpenAI.Responses.Response;
type Call = Extract<Response['output'][number], { type: 'function_call' | 'custom_tool_call' }>;

/** Sends one request; resolves with its response. */
export type Create = (request: StepRequest) => Promise<Response>;

/** What differs between the requests of a loop. */
interface StepRequest {
  input: ResponseInputItem[];
  previous_response_id?: string;
}

/** Calls of each response up to the last, and the text of that. */
export interface LoopResult {
  calls: Call[][];
  text: string;
}

/**
 * Answers every call until a response has none.
 *
 * @param chained whether a request names the response before it and holds only what is new, or all there is
 */
export async function runLoop(create: Create, chained: boolean): Promise<LoopResult> {
  const history: ResponseInputItem[] = [{ role: 'user', content: 'How will it be?' }];
  const calls: Call[][] = [];
  let response = await create({ input: history });
  for (;;) {
    expect(response).toMatchObject({ status: 'completed', error: null });
    expect(response.usage?.output_tokens).toBeGreaterThan(0);
    const batch = response.output.filter(isCall);
    if (batch.length === 0) return { calls, text: textOf(response) };
    calls.push(batch);
    const outputs = batch.map(answer);
    // The package itself types an output item wider than what it lets a request carry.
    history.push(...(response.output as ResponseInputItem[]), ...outputs);
    response = await create(
      chained ? { input: outputs, previous_response_id: response.id } : { input: history },
    );
  }
}

function isCall(item: Response['output'][number]): item is Call {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}

function answer({ type, call_id }: Call): ResponseInputItem {
  return { type: `${type}_output`, call_id, output: 'sunny' };
}

function textOf({ output }: Response): string {
  const part = output.find((item) => item.type === 'message')?.content[0];
  return part?.type === 'output_text' ? part.text : '';
}
