import type { OutputItem, OutputText, SummaryText } from './items.ts';
import type { ResponseObject } from './response.ts';

interface Sequenced {
  /** Starts at 0 for every response. */
  sequence_number: number;
  /** The lane, when the request named one (WebSocket only). */
  stream_id?: string;
}

interface InItem extends Sequenced {
  item_id: string;
  output_index: number;
}

interface InContent extends InItem {
  content_index: number;
}

interface InSummary extends InItem {
  summary_index: number;
}

/** Events that carry the whole response: the first two and the terminal ones. */
interface ResponseEvent extends Sequenced {
  type:
    | 'response.created'
    | 'response.in_progress'
    | 'response.completed'
    | 'response.failed'
    | 'response.incomplete';
  response: ResponseObject;
}

/** An output item begins (`added`) or is whole (`done`). */
interface OutputItemEvent extends Sequenced {
  type: 'response.output_item.added' | 'response.output_item.done';
  output_index: number;
  item: OutputItem;
}

/** A content part of a message begins or is whole. */
interface ContentPartEvent extends InContent {
  type: 'response.content_part.added' | 'response.content_part.done';
  part: OutputText;
}

interface TextDelta extends InContent {
  type: 'response.output_text.delta';
  delta: string;
  logprobs: never[];
}

interface TextDone extends InContent {
  type: 'response.output_text.done';
  text: string;
  logprobs: never[];
}

interface ArgumentsDelta extends InItem {
  type: 'response.function_call_arguments.delta';
  delta: string;
}

interface ArgumentsDone extends InItem {
  type: 'response.function_call_arguments.done';
  name: string;
  arguments: string;
}

interface CustomInputDelta extends InItem {
  type: 'response.custom_tool_call_input.delta';
  delta: string;
}

interface CustomInputDone extends InItem {
  type: 'response.custom_tool_call_input.done';
  input: string;
}

interface InCommand extends Sequenced {
  output_index: number;
  command_index: number;
}

interface ShellCommandEvent extends InCommand {
  type: 'response.shell_call_command.added' | 'response.shell_call_command.done';
  command: string;
}

interface ShellCommandDelta extends InCommand {
  type: 'response.shell_call_command.delta';
  delta: string;
}

interface SummaryPartEvent extends InSummary {
  type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done';
  part: SummaryText;
}

interface SummaryTextDelta extends InSummary {
  type: 'response.reasoning_summary_text.delta';
  delta: string;
}

interface SummaryTextDone extends InSummary {
  type: 'response.reasoning_summary_text.done';
  text: string;
}

/** Every event that our own server writes. */
export type ServerEvent =
  | ResponseEvent
  | OutputItemEvent
  | ContentPartEvent
  | TextDelta
  | TextDone
  | ArgumentsDelta
  | ArgumentsDone
  | CustomInputDelta
  | CustomInputDone
  | ShellCommandEvent
  | ShellCommandDelta
  | SummaryPartEvent
  | SummaryTextDelta
  | SummaryTextDone;

/** An event as a client reads it: any object with a `type`; unknown types and fields pass through. */
export interface StreamEvent {
  type: string;
  [key: string]: unknown;
}
