import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';

/**
 * Messages of a span (OTel's `parts`, AI SDK's typed content, or plain ones) as items of the Responses API, which the reader of
 * items knows.
 */
export function messageItems(messages: unknown): Record<string, unknown>[] | undefined {
  const list = typeof messages === 'string' ? parsedList(messages) : messages;
  if (!Array.isArray(list)) return undefined;
  return list.filter(isRecord).flatMap(itemsOfMessage);
}

/** A JSON text that is a list. */
function parsedList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function itemsOfMessage(message: Record<string, unknown>): Record<string, unknown>[] {
  const { role, content, parts } = message;
  const list = Array.isArray(parts) ? parts : content;
  if (!Array.isArray(list)) return [message];
  const items: Record<string, unknown>[] = [];
  const texts: unknown[] = [];
  for (const part of list.map(recordOf)) {
    const type = stringOf(part['type']).replace('_', '-');
    const id = stringOf(part['toolCallId']) || stringOf(part['id']);
    if (type === 'tool-call') items.push(callItem(id, part));
    else if (
      type === 'tool-result' ||
      type === 'tool-call-response' ||
      type === 'tool-call_response'
    ) {
      items.push({
        type: 'function_call_output',
        call_id: id,
        output: resultOf(part),
      });
    } else if (type === 'reasoning') {
      items.push({ type: 'reasoning', summary: [{ text: part['text'] ?? part['content'] }] });
    } else texts.push(part);
  }
  return texts.length === 0 ? items : [{ role, content: texts }, ...items];
}

function callItem(id: string, part: Record<string, unknown>): Record<string, unknown> {
  const given = part['input'] ?? part['args'] ?? part['arguments'] ?? {};
  return {
    type: 'function_call',
    call_id: id,
    name: stringOf(part['toolName']) || stringOf(part['name']),
    arguments: typeof given === 'string' ? given : JSON.stringify(given),
  };
}

function resultOf({ output, result, response }: Record<string, unknown>): unknown {
  const value = output ?? result ?? response ?? '';
  return isRecord(value) && 'value' in value ? value['value'] : value;
}
