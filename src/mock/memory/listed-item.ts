import type { WireItem } from '../../protocol/items.ts';

/** An item as the server keeps it and lists it. */
export type ListedItem = WireItem & { type: string; id: string };

/**
 * The item with an id, a type, a state, and content in parts, whatever its client left out; an image keeps its place,
 * but not its data.
 * @param fallbackId its id, if it has none
 */
export function listedItem(item: WireItem, fallbackId: string): ListedItem {
  const { id, type = 'message' } = item;
  const kept = withoutImageData({ status: 'completed', ...item });
  const own: ListedItem = {
    ...kept,
    type,
    id: typeof id === 'string' && id !== '' ? id : fallbackId,
  };
  if (type !== 'message' || typeof own['content'] !== 'string') return own;
  const text = own['content'];
  const part =
    item.role === 'assistant'
      ? { type: 'output_text', text, annotations: [], logprobs: [] }
      : { type: 'input_text', text };
  return { ...own, content: [part] };
}

/** Image data weighs megabytes, and is not shown again unless asked for. */
export function withoutImageData(item: WireItem): WireItem {
  const { content, output } = item;
  return {
    ...item,
    ...(Array.isArray(content) && { content: content.map(withoutData) }),
    ...(Array.isArray(output) && { output: output.map(withoutData) }),
  };
}

function withoutData(part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return part;
  const { type, image_url: url } = part as Record<string, unknown>;
  const isData = type === 'input_image' && typeof url === 'string' && url.startsWith('data:');
  return isData ? { ...part, image_url: null } : part;
}
