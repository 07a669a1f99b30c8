/** The freedom that a request's `tool_choice` leaves the model. */
export interface ToolChoice {
  mode: 'auto' | 'none' | 'required';
  allows: (tool: Readonly<Record<string, unknown>>) => boolean;
}

/** The meaning of a `tool_choice`; one that isn't understood leaves the model free. */
export function readToolChoice(value: unknown): ToolChoice {
  if (value === 'none' || value === 'required') return { mode: value, allows: () => true };
  if (typeof value !== 'object' || value === null) return { mode: 'auto', allows: () => true };
  const { type, name, mode, tools } = value as Record<string, unknown>;
  if (type === 'allowed_tools' && Array.isArray(tools)) {
    const names = new Set(tools.map((tool: Named | null) => tool && nameOf(tool)));
    return {
      mode: mode === 'required' ? 'required' : 'auto',
      allows: (tool) => names.has(nameOf(tool)),
    };
  }
  if (typeof name !== 'string' && !clientTools.has(type)) {
    return { mode: 'auto', allows: () => true };
  }
  return { mode: 'required', allows: (tool) => nameOf(tool) === nameOf({ type, name }) };
}

interface Named {
  readonly type?: unknown;
  readonly name?: unknown;
}

/** Tools that the client runs but gives no name. */
const clientTools: ReadonlySet<unknown> = new Set(['shell', 'local_shell', 'apply_patch']);

function nameOf({ type, name }: Named): unknown {
  return name ?? type;
}
