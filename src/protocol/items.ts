/*
 * Items of a conversation: what a request carries as `input` and a response returns as `output`.
 * Only what a replay or its server needs is named; everything else passes through untouched.
 */

/** A text part that the client wrote. */
interface InputText {
  type: 'input_text';
  text: string;
}

/** A text part that the model wrote. */
export interface OutputText {
  type: 'output_text';
  text: string;
  annotations: never[];
  logprobs: never[];
}

/** A message of a client, in the full form or the easy one (no `type`, plain string content). */
export interface InputMessage {
  type?: 'message';
  role: 'user' | 'system' | 'developer';
  content: string | InputText[];
}

/** A message of the model. */
export interface OutputMessage {
  id: string;
  type: 'message';
  role: 'assistant';
  status: 'in_progress' | 'completed' | 'incomplete';
  content: OutputText[];
  /** Whether tool calls follow, or this is the answer. */
  phase?: 'commentary' | 'final_answer';
}

/** The model asks for a tool. `call_id` is what the answer keys on, not `id`. */
export interface FunctionCall {
  id: string;
  type: 'function_call';
  status: 'in_progress' | 'completed' | 'incomplete';
  call_id: string;
  name: string;
  /** JSON text. */
  arguments: string;
  /** Of the tool, where it was offered as part of one. */
  namespace?: string;
}

/** The client's answer to a {@link FunctionCall}. */
interface FunctionCallOutput {
  type: 'function_call_output';
  call_id: string;
  output: string;
}

/** The model asks for a tool that takes free text. */
export interface CustomToolCall {
  id: string;
  type: 'custom_tool_call';
  status: 'in_progress' | 'completed' | 'incomplete';
  call_id: string;
  name: string;
  input: string;
  namespace?: string;
}

/** The model asks the client to run a program. */
export interface LocalShellCall {
  id: string;
  type: 'local_shell_call';
  status: 'in_progress' | 'completed' | 'incomplete';
  call_id: string;
  action: { type: 'exec'; command: string[]; env: Record<string, string> };
}

/** The model asks the client to run shell commands. */
export interface ShellCall {
  id: string;
  type: 'shell_call';
  status: 'in_progress' | 'completed' | 'incomplete';
  call_id: string;
  action: { commands: string[]; max_output_length: null; timeout_ms: null };
  environment: null;
}

/** The model asks the client to change a file. */
export interface ApplyPatchCall {
  id: string;
  type: 'apply_patch_call';
  status: 'in_progress' | 'completed';
  call_id: string;
  operation: { type: 'update_file'; path: string; diff: string };
}

/** The client's answer to a {@link CustomToolCall}. */
interface CustomToolCallOutput {
  type: 'custom_tool_call_output';
  call_id: string;
  output: string;
}

/** A part of a reasoning summary. */
export interface SummaryText {
  type: 'summary_text';
  text: string;
}

/** A thought of the model; `encrypted_content` lets a stateless client hand it back. */
export interface Reasoning {
  id: string;
  type: 'reasoning';
  summary: SummaryText[];
  encrypted_content?: string;
}

/** Items that the model makes. */
export type OutputItem =
  | OutputMessage
  | FunctionCall
  | CustomToolCall
  | LocalShellCall
  | ShellCall
  | ApplyPatchCall
  | Reasoning;

/** Items that a request may carry: the client's own, and the model's replayed. */
export type InputItem = InputMessage | FunctionCallOutput | CustomToolCallOutput | OutputItem;

/** An item as it came over the wire: any object with an optional `type`. */
export interface WireItem {
  type?: string;
  role?: string;
  [key: string]: unknown;
}

const modelItemTypes: ReadonlySet<string> = new Set([
  'reasoning',
  'function_call',
  'custom_tool_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
]);

/** Whether the model made this item: reasoning, a call, or an assistant message. */
export function isModelItem(item: WireItem): boolean {
  if (item.type === undefined || item.type === 'message') return item.role === 'assistant';
  return modelItemTypes.has(item.type);
}

/** Whether the model asks for a tool with this item. */
export function isCall(item: WireItem): boolean {
  return item.type === 'function_call' || item.type === 'custom_tool_call';
}
