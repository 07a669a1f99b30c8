import { BYTES_PER_TOKEN } from '../units.ts';
import { imageTokens } from './image-tokens.ts';
import type { WireItem } from './items.ts';

/**
 * UTF-8 bytes of what a model reads of an item: texts, names and arguments, not the JSON around them. An image counts as the tokens
 * that it stands for. Ids and states are left out, so that a client may replay an item with or without them.
 */
export function readBytes(item: WireItem): number {
  let bytes = 0;
  for (const field of readFields) bytes += textBytes(item[field]);
  return bytes;
}

const readFields = [
  'content',
  'summary',
  'name',
  'arguments',
  'input',
  'action',
  'operation',
  'output',
  'tools',
] as const;

function textBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  if ('type' in value && value.type === 'input_image') {
    return BYTES_PER_TOKEN * imageTokens({ ...value });
  }
  let bytes = 0;
  for (const [key, part] of Object.entries(value)) {
    if (key !== 'type') bytes += textBytes(part);
  }
  return bytes;
}
