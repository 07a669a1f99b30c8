import type { Said } from './said.ts';

/**
 * A conversation of a real agent as it was recorded, whatever wrote it down: every reader makes this shape, and
 * one function makes a scenario of it. What a recording doesn't know is absent.
 */
export interface RecordedSession {
  /** Of the file, as a scenario may be called. */
  name: string;
  /** Where it was read from, for people: `Codex rollout`. */
  origin: string;
  model?: string;
  /** Standing orders, all that comes before the first user's words. */
  instructions?: Said;
  /** Where they stand: with every request, or among the input of the first. @default input */
  instructionsIn?: 'input' | 'request';
  /** Tools offered with every request. */
  tools?: RecordedTool[];
  /** JSON of the tools, where only their size is known. */
  toolsBytes?: number;
  /** JSON of a request beside input, tools and instructions. */
  otherBytes?: number;
  steps: RecordedStep[];
  /** What was guessed while reading, a sentence each. */
  assumed: string[];
  /** What was passed over, or is out of the ordinary, a sentence each. */
  notes: string[];
}

/** A tool and the bytes of its JSON. */
export interface RecordedTool {
  name: string;
  bytes: number;
}

/** One model call. */
export interface RecordedStep {
  /** What was said to the model beside the results of its calls. */
  user?: Said;
  /** How long a person kept the model waiting before. */
  pauseMs?: number;
  reasoning?: Said;
  text?: Said;
  calls: RecordedCall[];
  /** From the request to the first token. */
  firstTokenMs?: number;
  /** From the request to the end of the response. */
  modelMs?: number;
  tokens?: RecordedTokens;
  /** Tokens of the input that the step before had not read, where the recording counts them; that step's own output among them. */
  newInputTokens?: number;
}

/** A tool call and what became of it. */
export interface RecordedCall {
  name: string;
  arguments?: Said;
  output?: Said;
  /** From the end of the response to the result. */
  timeMs?: number;
}

/** What was billed. `input` is the whole prompt, `cached` a part of it, `reasoning` a part of `output`. */
export interface RecordedTokens {
  input?: number;
  cached?: number;
  output?: number;
  reasoning?: number;
}

/** From the end of a step's response to the last result of its calls; undefined where no call's time is known. */
export function toolTimeMs({ calls }: RecordedStep): number | undefined {
  const times = calls.flatMap(({ timeMs }) => timeMs ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
