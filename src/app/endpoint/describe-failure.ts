import { refusedField } from '../../runner/request/refused-field.ts';
import type { OmittableField, RequestShape } from '../../runner/request/shape.ts';
import type { SessionFailure } from '../../runner/session.ts';
import { redact, type Told } from './redact.ts';

/**
 * The failure of a session in words for the terminal: what, with which status and code, what the endpoint said, and the
 * flag that may help.
 */
export function describeFailure(failure: SessionFailure, told: Told, shape: RequestShape): string {
  const { kind, status, code, message } = failure;
  const isStatus = code === undefined || code === String(status);
  const said = isStatus ? undefined : redact(code, told);
  const facts = [status === undefined ? undefined : `status ${status}`, said].filter(Boolean);
  const aside = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  const words = redact(message, told);
  const help = remedy(failure, shape);
  return `${kind.replaceAll('_', ' ')}${aside}: ${help === '' ? words : `${words.replace(/\.$/, '')}; ${help}`}`;
}

function remedy(failure: SessionFailure, { toolChoice, omit }: RequestShape): string {
  if (failure.code === 'model_not_found') return '--model names the model to ask for';
  const field = refusedField(failure);
  if (field === undefined || omit.includes(field)) return '';
  // A server that keeps nothing says so of what is stored by default too: to leave the field out would not help.
  if (field === 'store' && failure.param !== field) return '';
  return field === 'tool_choice' ? otherChoices[toolChoice] : `--omit ${withField(omit, field)}`;
}

const otherChoices: Readonly<Record<RequestShape['toolChoice'], string>> = {
  named: '--tool-choice required or --tool-choice auto asks without names',
  required: '--tool-choice auto leaves it to the model whether it calls',
  auto: '--omit tool_choice leaves it out',
};

function withField(omit: RequestShape['omit'], field: OmittableField): string {
  return `${[...omit, field].join(',')} leaves it out`;
}
