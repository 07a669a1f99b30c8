import type { OutputItem } from './items.ts';

/** Tokens of one response. `cached_tokens` is the server's prompt cache, not the connection's. */
export interface Usage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
  output_tokens: number;
  output_tokens_details: { reasoning_tokens: number };
  total_tokens: number;
}

/** Why a response failed once it had begun; unlike in an error body, the code is one of a fixed list. */
interface ResponseFailure {
  code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt';
  message: string;
}

/** A response as it stands on the wire, with every field that the API's schema requires. */
export interface ResponseObject {
  id: string;
  object: 'response';
  created_at: number;
  completed_at: number | null;
  status: 'in_progress' | 'completed' | 'failed' | 'incomplete' | 'cancelled';
  background: boolean;
  error: ResponseFailure | null;
  incomplete_details: { reason: 'max_output_tokens' | 'content_filter' } | null;
  instructions: string | null;
  max_output_tokens: number | null;
  max_tool_calls: number | null;
  model: string;
  output: OutputItem[];
  parallel_tool_calls: boolean;
  previous_response_id: string | null;
  prompt_cache_key: string | null;
  reasoning: { effort: null; summary: null };
  safety_identifier: string | null;
  service_tier: 'default';
  store: boolean;
  temperature: number;
  text: { format: { type: 'text' } };
  tool_choice: unknown;
  tools: unknown[];
  top_logprobs: number;
  top_p: number;
  presence_penalty: number;
  frequency_penalty: number;
  truncation: 'disabled';
  usage: Usage | null;
  metadata: Record<string, string>;
  access_programs: null;
  conversation?: { id: string };
}
