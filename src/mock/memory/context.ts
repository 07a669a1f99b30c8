import { isModelItem, type WireItem } from '../../protocol/items.ts';
import { readBytes } from '../../protocol/read-bytes.ts';
import { type Refusal, refuse } from '../wire/refusal.ts';
import { readCompaction } from './compaction-item.ts';
import type { Preamble } from './preamble.ts';
import { readToolCount } from './tool-count.ts';

/**
 * The facts of a conversation so far that later steps need: counts and ids, not the text,
 * so that an idle session costs little memory.
 */
export interface Context {
  readonly items: number;
  /** UTF-8 bytes of all that the model would read. */
  readonly bytes: number;
  /** Of these, up to the last thing that the model said: it has read all of that before. */
  readonly modelBytes: number;
  /** Maximal runs of items that the model made. */
  readonly modelTurns: number;
  readonly endsWithModel: boolean;
  /** Its last item is what a tool returned. */
  readonly endsWithOutput: boolean;
  /** Every call that the model made. */
  readonly callIds: ReadonlySet<string>;
  /** Those that no output answers yet. */
  readonly openCallIds: ReadonlySet<string>;
  /** Outputs of tools, those included that the client has compacted away. */
  readonly toolOutputs: number;
  /** Items of this conversation that are such outputs, and their part of `bytes`. */
  readonly outputItems: number;
  readonly outputBytes: number;
  /** Tools that `additional_tools` items brought. */
  readonly additionalTools: readonly Record<string, unknown>[];
  /** What stood before it when the model read it last. */
  readonly preamble?: Preamble;
}

/** A conversation that has not begun. */
export const emptyContext: Context = {
  items: 0,
  bytes: 0,
  modelBytes: 0,
  modelTurns: 0,
  endsWithModel: false,
  endsWithOutput: false,
  callIds: new Set(),
  openCallIds: new Set(),
  toolOutputs: 0,
  outputItems: 0,
  outputBytes: 0,
  additionalTools: [],
};

/**
 * The conversation with `items` at its end. Refuses a call or an output without `call_id`,
 * and an output that answers no call, neither of the context nor of `items`.
 */
export function extendContext(context: Context, items: readonly WireItem[]): Context | Refusal {
  const callIds = new Set(context.callIds);
  const openCallIds = new Set(context.openCallIds);
  const additionalTools = [...context.additionalTools];
  const answered: string[] = [];
  let { endsWithOutput } = context;
  let { bytes, modelBytes, modelTurns, endsWithModel, toolOutputs, outputBytes } = context;

  for (const [index, item] of items.entries()) {
    const role = callRoles.get(item.type ?? 'message');
    if (role !== undefined) {
      // The outputs of a local shell name their call by their own id.
      const callId = item['call_id'] ?? (item.type === 'local_shell_call_output' && item['id']);
      if (typeof callId !== 'string' || callId === '') {
        const param = `input[${index}].call_id`;
        return refuse(400, `Missing required parameter: '${param}'.`, {
          code: 'missing_required_parameter',
          param,
        });
      }
      if (role === 'output') {
        answered.push(callId);
        toolOutputs++;
      } else {
        callIds.add(callId);
        openCallIds.add(callId);
      }
    }
    if (item.type === 'additional_tools') additionalTools.push(...toolsOf(item));
    if (item.type === 'compaction') {
      const compacted = readCompaction(item);
      modelTurns += compacted.modelTurns;
      toolOutputs += compacted.toolOutputs;
    }
    toolOutputs = Math.max(toolOutputs, readToolCount(item));
    const fromModel = isModelItem(item);
    if (fromModel && !endsWithModel) modelTurns++;
    endsWithModel = fromModel;
    endsWithOutput = role === 'output';
    const itemBytes = readBytes(item);
    bytes += itemBytes;
    if (fromModel) modelBytes = bytes;
    if (role === 'output') outputBytes += itemBytes;
  }

  for (const callId of answered) {
    if (!callIds.has(callId)) {
      const message = `No tool call found for function call output with call_id ${callId}.`;
      return refuse(400, message, { param: 'input' });
    }
    openCallIds.delete(callId);
  }
  return {
    items: context.items + items.length,
    bytes,
    modelBytes,
    modelTurns,
    endsWithModel,
    endsWithOutput,
    callIds,
    openCallIds,
    toolOutputs,
    outputItems: context.outputItems + answered.length,
    outputBytes,
    additionalTools,
  };
}

/** Bytes of memory that a context takes, reckoned: the ids, and the tools that came inside of it. */
export function contextBytes({ callIds, openCallIds, additionalTools, preamble }: Context): number {
  let bytes = 500;
  for (const id of callIds) bytes += ID_BYTES + id.length;
  bytes += ID_BYTES * openCallIds.size;
  if (preamble !== undefined) bytes += 200;
  return additionalTools.length === 0 ? bytes : bytes + 2 * JSON.stringify(additionalTools).length;
}

/** An entry of a set, and the head of the string in it. */
const ID_BYTES = 90;

const callRoles: ReadonlyMap<string, 'call' | 'output'> = new Map([
  ['function_call', 'call'],
  ['custom_tool_call', 'call'],
  ['local_shell_call', 'call'],
  ['shell_call', 'call'],
  ['apply_patch_call', 'call'],
  ['function_call_output', 'output'],
  ['custom_tool_call_output', 'output'],
  ['local_shell_call_output', 'output'],
  ['shell_call_output', 'output'],
  ['apply_patch_call_output', 'output'],
]);

function toolsOf(item: WireItem): Record<string, unknown>[] {
  const tools = item['tools'];
  if (!Array.isArray(tools)) return [];
  return tools.filter((tool): tool is Record<string, unknown> => {
    return typeof tool === 'object' && tool !== null;
  });
}
