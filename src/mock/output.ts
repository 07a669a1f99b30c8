import type { ServerEvent } from '../protocol/events.ts';
import type {
  CustomToolCall,
  FunctionCall,
  OutputItem,
  OutputMessage,
  Reasoning,
} from '../protocol/items.ts';
import type { ScriptedCall } from '../scenario/script.ts';
import { tokenChunks } from './token-chunks.ts';

/** What the model says in one response: thoughts first, then text, then calls. A scripted turn is one. */
export interface Speech {
  reasoning?: string;
  text?: string;
  calls: readonly (ScriptedCall | { name: string; input: string })[];
}

/** One event as JSON, and the output token that it comes with (from 0). */
export interface Frame {
  readonly type: string;
  readonly json: string;
  readonly token: number;
}

/** The output of one response, ready to send: the same for every session, so it may be shared. */
export interface Output {
  /** All events between `response.in_progress` and the terminal one. */
  readonly frames: readonly Frame[];
  readonly items: readonly OutputItem[];
  readonly itemsJson: string;
  /** One per delta event. */
  readonly tokens: number;
  readonly reasoningTokens: number;
}

/** `response.created` and `response.in_progress` come before the output. */
export const FIRST_OUTPUT_SEQUENCE_NUMBER = 2;

/**
 * Turns a speech into items and their events.
 * @param idBase unique inside a conversation; item and call ids are derived from it
 */
export function renderOutput(
  speech: Speech,
  idBase: string,
  { encryptedReasoning }: { encryptedReasoning: boolean },
): Output {
  const writer = createWriter();
  const { reasoning, text, calls } = speech;
  if (reasoning !== undefined) writeReasoning(writer, reasoning, idBase, encryptedReasoning);
  const reasoningTokens = writer.tokens();
  if (text !== undefined) writeMessage(writer, text, idBase);
  for (const [index, call] of calls.entries()) {
    if ('input' in call) writeCustomCall(writer, call, `${idBase}_${index}`);
    else writeFunctionCall(writer, call, `${idBase}_${index}`);
  }
  const { frames, items } = writer;
  const itemsJson = JSON.stringify(items);
  return { frames, items, itemsJson, tokens: writer.tokens(), reasoningTokens };
}

type Unnumbered<E> = E extends ServerEvent ? Omit<E, 'sequence_number'> : never;

interface Writer {
  readonly frames: Frame[];
  readonly items: OutputItem[];
  /** Writes an event that comes together with the next token. */
  before(event: Unnumbered<ServerEvent>): void;
  /** Writes one event per token of `text`. */
  deltas(text: string, event: (delta: string) => Unnumbered<ServerEvent>): void;
  /** Writes an event that comes together with the last token. */
  after(event: Unnumbered<ServerEvent>): void;
  tokens(): number;
}

function createWriter(): Writer {
  const frames: Frame[] = [];
  let tokens = 0;
  let token = 0;

  function write({ type, ...fields }: Unnumbered<ServerEvent>): void {
    const sequence_number = FIRST_OUTPUT_SEQUENCE_NUMBER + frames.length;
    frames.push({ type, token, json: JSON.stringify({ type, sequence_number, ...fields }) });
  }

  return {
    frames,
    items: [],
    before(event) {
      token = tokens;
      write(event);
    },
    deltas(text, event) {
      for (const chunk of tokenChunks(text)) {
        token = tokens++;
        write(event(chunk));
      }
    },
    after: write,
    tokens: () => tokens,
  };
}

function writeReasoning(writer: Writer, text: string, idBase: string, encrypted: boolean): void {
  const id = `rs_${idBase}`;
  const at = { item_id: id, output_index: writer.items.length, summary_index: 0 };
  const started: Reasoning = { id, type: 'reasoning', summary: [] };
  openItem(writer, started);
  const emptyPart = { type: 'summary_text' as const, text: '' };
  writer.before({ type: 'response.reasoning_summary_part.added', ...at, part: emptyPart });
  writer.deltas(text, (delta) => ({
    type: 'response.reasoning_summary_text.delta',
    ...at,
    delta,
  }));
  const part = { type: 'summary_text' as const, text };
  writer.after({ type: 'response.reasoning_summary_text.done', ...at, text });
  writer.after({ type: 'response.reasoning_summary_part.done', ...at, part });
  closeItem(writer, {
    ...started,
    summary: [part],
    ...(encrypted && { encrypted_content: Buffer.from(`opaque ${id}`).toString('base64') }),
  });
}

function writeMessage(writer: Writer, text: string, idBase: string): void {
  const id = `msg_${idBase}`;
  const at = { item_id: id, output_index: writer.items.length, content_index: 0 };
  const started: OutputMessage = {
    id,
    type: 'message',
    status: 'in_progress',
    role: 'assistant',
    content: [],
  };
  const part = { type: 'output_text' as const, text, annotations: [], logprobs: [] };
  openItem(writer, started);
  writer.before({ type: 'response.content_part.added', ...at, part: { ...part, text: '' } });
  writer.deltas(text, (delta) => ({
    type: 'response.output_text.delta',
    ...at,
    delta,
    logprobs: [],
  }));
  writer.after({ type: 'response.output_text.done', ...at, text, logprobs: [] });
  writer.after({ type: 'response.content_part.done', ...at, part });
  closeItem(writer, { ...started, status: 'completed', content: [part] });
}

function writeFunctionCall(writer: Writer, call: ScriptedCall, idBase: string): void {
  const { name, arguments: json } = call;
  const started: FunctionCall = {
    id: `fc_${idBase}`,
    type: 'function_call',
    status: 'in_progress',
    call_id: `call_${idBase}`,
    name,
    arguments: '',
  };
  const at = { item_id: started.id, output_index: writer.items.length };
  openItem(writer, started);
  writer.deltas(json, (delta) => ({
    type: 'response.function_call_arguments.delta',
    ...at,
    delta,
  }));
  writer.after({ type: 'response.function_call_arguments.done', ...at, name, arguments: json });
  closeItem(writer, { ...started, status: 'completed', arguments: json });
}

function writeCustomCall(
  writer: Writer,
  { name, input }: { name: string; input: string },
  idBase: string,
): void {
  const started: CustomToolCall = {
    id: `ctc_${idBase}`,
    type: 'custom_tool_call',
    call_id: `call_${idBase}`,
    name,
    input: '',
  };
  const at = { item_id: started.id, output_index: writer.items.length };
  openItem(writer, started);
  writer.deltas(input, (delta) => ({
    type: 'response.custom_tool_call_input.delta',
    ...at,
    delta,
  }));
  writer.after({ type: 'response.custom_tool_call_input.done', ...at, input });
  closeItem(writer, { ...started, input });
}

function openItem(writer: Writer, item: OutputItem): void {
  const output_index = writer.items.length;
  writer.before({ type: 'response.output_item.added', output_index, item });
}

function closeItem(writer: Writer, item: OutputItem): void {
  const output_index = writer.items.length;
  writer.items.push(item);
  writer.after({ type: 'response.output_item.done', output_index, item });
}
