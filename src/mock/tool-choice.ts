/** What a request's `tool_choice` lets the model do. */
export interface ToolChoice {
  mode: 'auto' | 'none' | 'required';
  allows: (tool: Readonly<Record<string, unknown>>) => boolean;
}

/** Reads a `tool_choice`; one that isn't understood leaves the model free. */
export function readToolChoice(value: unknown): ToolChoice {
  if (value === 'none' || value === 'required') return { mode: value, allows: () => true };
  if (typeof value !== 'object' || value === null) return { mode: 'auto', allows: () => true };
  const { type, name, mode, tools } = value as Record<string, unknown>;
  if (type === 'allowed_tools' && Array.isArray(tools)) {
    const names = new Set(tools.map((tool: { name?: unknown } | null) => tool?.name));
    return {
      mode: mode === 'required' ? 'required' : 'auto',
      allows: (tool) => names.has(tool['name']),
    };
  }
  if (typeof name !== 'string') return { mode: 'auto', allows: () => true };
  return { mode: 'required', allows: (tool) => tool['name'] === name };
}
