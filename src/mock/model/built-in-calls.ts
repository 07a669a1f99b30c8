import type { ApplyPatchCall, LocalShellCall, ShellCall } from '../../protocol/items.ts';
import type { EventWriter } from './event-writer.ts';
import { closeItem, openItem } from './item-events.ts';

/** A call of a tool that the API knows by its type and the client runs. */
export type BuiltInCall =
  | { tool: 'local_shell'; command: readonly string[] }
  | { tool: 'shell'; command: string }
  | { tool: 'apply_patch'; path: string; diff: string };

/** The text that the model writes of such a call. */
export function builtInCallText(call: BuiltInCall): string {
  switch (call.tool) {
    case 'local_shell':
      return call.command.join(' ');
    case 'shell':
      return call.command;
    case 'apply_patch':
      return `${call.path}\n${call.diff}`;
  }
}

/** The events of such a call; only `shell` streams what it says. */
export function writeBuiltInCall(writer: EventWriter, call: BuiltInCall, idBase: string): void {
  const call_id = `call_${idBase}`;
  switch (call.tool) {
    case 'local_shell': {
      const item: LocalShellCall = {
        id: `lsh_${idBase}`,
        type: 'local_shell_call',
        status: 'completed',
        call_id,
        action: { type: 'exec', command: [...call.command], env: {} },
      };
      writeAtOnce(writer, item, call);
      return;
    }
    case 'apply_patch': {
      const { path, diff } = call;
      const item: ApplyPatchCall = {
        id: `apc_${idBase}`,
        type: 'apply_patch_call',
        status: 'completed',
        call_id,
        operation: { type: 'update_file', path, diff },
      };
      writeAtOnce(writer, item, call);
      return;
    }
    case 'shell':
      writeShellCall(writer, call.command, { id: `sh_${idBase}`, call_id });
  }
}

function writeAtOnce(
  writer: EventWriter,
  item: LocalShellCall | ApplyPatchCall,
  call: BuiltInCall,
): void {
  openItem(writer, { ...item, status: 'in_progress' });
  writer.unseen(builtInCallText(call));
  closeItem(writer, item);
}

function writeShellCall(
  writer: EventWriter,
  command: string,
  ids: Pick<ShellCall, 'id' | 'call_id'>,
): void {
  const started: ShellCall = {
    ...ids,
    type: 'shell_call',
    status: 'in_progress',
    action: { commands: [], max_output_length: null, timeout_ms: null },
    environment: null,
  };
  const at = { output_index: writer.items.length, command_index: 0 };
  openItem(writer, started);
  writer.before({ type: 'response.shell_call_command.added', ...at, command: '' });
  writer.deltas(command, (delta) => ({ type: 'response.shell_call_command.delta', ...at, delta }));
  writer.after({ type: 'response.shell_call_command.done', ...at, command });
  const action = { ...started.action, commands: [command] };
  closeItem(writer, { ...started, status: 'completed', action });
}
