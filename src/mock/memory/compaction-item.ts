import { z } from 'zod';
import type { WireItem } from '../../protocol/items.ts';

/** The facts that a compacted conversation must still tell: how far the script has come. */
export interface Compacted {
  modelTurns: number;
  toolOutputs: number;
}

/** An item that stands for all that came before; its content is opaque to clients. */
export function compactionItem(id: string, { modelTurns, toolOutputs }: Compacted): WireItem {
  const json = JSON.stringify({ modelTurns, toolOutputs });
  return {
    id,
    type: 'compaction',
    encrypted_content: Buffer.from(json).toString('base64'),
  };
}

/** The facts in a compaction item; one of another server says nothing of the script. */
export function readCompaction({ encrypted_content: content }: WireItem): Compacted {
  const none = { modelTurns: 0, toolOutputs: 0 };
  if (typeof content !== 'string' || content.length > 256) return none;
  try {
    return compactedSchema.parse(JSON.parse(Buffer.from(content, 'base64').toString()));
  } catch {
    return none;
  }
}

const count = z.int().min(0).max(1_000_000);
const compactedSchema = z.strictObject({ modelTurns: count, toolOutputs: count });
