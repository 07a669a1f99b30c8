import type { FunctionTool } from '../protocol/request.ts';

/** A scenario under one seed: every byte that client and model will say is decided. */
export interface Script {
  name: string;
  description: string;
  seed: number;
  /** Of the scenario's definition, files that it names included, in hexadecimal. */
  sha256: string;
  /** Standing orders: a developer message of the first turn (`input`) or the request's `instructions` field, with every request. */
  instructions?: { text: string; in: 'input' | 'request' };
  /** Before a context would grow beyond this, as JSON, it is compacted. */
  compactAboveBytes?: number;
  tools: FunctionTool[];
  turns: Turn[];
  /** The sub-agents that it starts, by their names; absent if none. They start no others. */
  agents?: Readonly<Record<string, Script>>;
}

/** One model call: what the client brings, and what the model answers. */
export interface Turn {
  /** Answers to the previous turn's calls, in their order. */
  toolResults: ToolResult[];
  user?: string;
  /** How long the user thinks before that. */
  thinkMs?: number;
  model: ModelTurn;
}

/** A tool's result: what it returned, and how long it took. */
export interface ToolResult {
  output: string;
  timeMs: number;
  /** The sub-agent whose session it came from; `timeMs` is what came after that. */
  agent?: string;
}

/** A turn of the model: thoughts first, then text, then calls. */
export interface ModelTurn {
  reasoning?: string;
  text?: string;
  calls: ScriptedCall[];
  /** How fast the bundled mock is in this turn, where the scenario says so. */
  pace?: ModelPace;
}

/** A model's own pace; what isn't given is the profile's. */
export interface ModelPace {
  /** From the prompt to the first token. */
  firstTokenMs?: number;
  /** After the first. */
  tokensPerSecond?: number;
}

/** A tool call of the script; `arguments` is JSON text. */
export interface ScriptedCall {
  name: string;
  arguments: string;
}
