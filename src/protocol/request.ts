import type { InputItem } from './items.ts';

/** A tool that takes JSON arguments. */
export interface FunctionTool {
  type: 'function';
  name: string;
  description?: string;
  parameters: Record<string, unknown>;
  strict: boolean;
}

/** The tool that the model must use: none, one by name, or at least one of a list. */
export type ToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | { type: 'function'; name: string }
  | {
      type: 'allowed_tools';
      mode: 'auto' | 'required';
      tools: { type: 'function'; name: string }[];
    };

/** The body of `POST /responses`, as far as we write it. */
export interface CreateRequest {
  model: string;
  input: InputItem[];
  instructions?: string;
  tools?: FunctionTool[];
  tool_choice?: ToolChoice;
  parallel_tool_calls?: boolean;
  previous_response_id?: string;
  store?: boolean;
  prompt_cache_key?: string;
  stream?: boolean;
  include?: 'reasoning.encrypted_content'[];
  /** `false` warms the connection's cache without an answer (WebSocket only). */
  generate?: boolean;
}

/** The body of `POST /responses/compact`: a conversation to be made shorter. */
export interface CompactRequest {
  model: string;
  input: InputItem[];
  instructions?: string;
}

/** A {@link CreateRequest} over WebSocket: fields at top level, never nested; `stream` has no meaning there. */
export interface ResponseCreate extends Omit<CreateRequest, 'stream'> {
  type: 'response.create';
  /** A named lane of the connection. */
  stream_id?: string;
}
