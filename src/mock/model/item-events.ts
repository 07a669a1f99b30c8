import type {
  CustomToolCall,
  FunctionCall,
  OutputItem,
  OutputMessage,
  Reasoning,
} from '../../protocol/items.ts';
import type { ScriptedCall } from '../../scenario/script.ts';
import type { EventWriter } from './event-writer.ts';

/** A reasoning item with one summary part; `encrypted` adds what a stateless client hands back. */
export function writeReasoning(
  writer: EventWriter,
  text: string,
  idBase: string,
  encrypted: boolean,
): void {
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

/** An assistant message with one text part; its phase says whether the model goes on to call tools. */
export function writeMessage(
  writer: EventWriter,
  text: string,
  {
    idBase,
    phase,
    status,
  }: {
    idBase: string;
    phase: NonNullable<OutputMessage['phase']>;
    status: 'completed' | 'incomplete';
  },
): void {
  const id = `msg_${idBase}`;
  const at = { item_id: id, output_index: writer.items.length, content_index: 0 };
  const started: OutputMessage = {
    id,
    type: 'message',
    status: 'in_progress',
    role: 'assistant',
    content: [],
    phase,
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
  closeItem(writer, { ...started, status, content: [part] });
}

/** A call of a function tool. */
export function writeFunctionCall(
  writer: EventWriter,
  call: ScriptedCall & { namespace?: string },
  idBase: string,
  status: 'completed' | 'incomplete',
): void {
  const { name, arguments: json, namespace } = call;
  const started: FunctionCall = {
    id: `fc_${idBase}`,
    type: 'function_call',
    status: 'in_progress',
    call_id: `call_${idBase}`,
    name,
    arguments: '',
    ...(namespace !== undefined && { namespace }),
  };
  const at = { item_id: started.id, output_index: writer.items.length };
  openItem(writer, started);
  writer.deltas(json, (delta) => ({
    type: 'response.function_call_arguments.delta',
    ...at,
    delta,
  }));
  writer.after({ type: 'response.function_call_arguments.done', ...at, name, arguments: json });
  closeItem(writer, { ...started, status, arguments: json });
}

/** A call of a tool that takes free text. */
export function writeCustomCall(
  writer: EventWriter,
  { name, input, namespace }: { name: string; input: string; namespace?: string },
  idBase: string,
): void {
  const started: CustomToolCall = {
    id: `ctc_${idBase}`,
    type: 'custom_tool_call',
    status: 'in_progress',
    call_id: `call_${idBase}`,
    name,
    input: '',
    ...(namespace !== undefined && { namespace }),
  };
  const at = { item_id: started.id, output_index: writer.items.length };
  openItem(writer, started);
  writer.deltas(input, (delta) => ({
    type: 'response.custom_tool_call_input.delta',
    ...at,
    delta,
  }));
  writer.after({ type: 'response.custom_tool_call_input.done', ...at, input });
  closeItem(writer, { ...started, status: 'completed', input });
}

/** An output item begins. */
export function openItem(writer: EventWriter, item: OutputItem): void {
  const output_index = writer.items.length;
  writer.before({ type: 'response.output_item.added', output_index, item });
}

/** An output item is whole. */
export function closeItem(writer: EventWriter, item: OutputItem): void {
  const output_index = writer.items.length;
  writer.items.push(item);
  writer.after({ type: 'response.output_item.done', output_index, item });
}
