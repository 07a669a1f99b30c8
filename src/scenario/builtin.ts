import { fileURLToPath } from 'node:url';

/** Scenarios that come with the package, the one that headlines rest on first. */
export const builtinNames = [
  'coding-agent',
  'quick',
  'code-review',
  'customer-support',
  'research',
  'chat',
  'coding-session',
  'long-session',
  'mcp-assistant',
  'voice-turns',
  'rag-chat',
  'review-fleet',
] as const;

/** Name of a scenario that comes with the package. */
export type BuiltinName = (typeof builtinNames)[number];

export function isBuiltinName(name: string): name is BuiltinName {
  return (builtinNames as readonly string[]).includes(name);
}

/** Path of a built-in's file. Sources and build both lie two levels below the package's root. */
export function builtinPath(name: BuiltinName): string {
  return fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url));
}
