import { isRecord } from '../../is-record.ts';
import type { WireItem } from '../../protocol/items.ts';
import { type Refusal, refuse } from './refusal.ts';

/** The reason why the server can't do what a request asks for, naming the first such field; undefined if it can. */
export function unsupported(body: {
  input?: string | readonly WireItem[] | null | undefined;
  prompt?: unknown;
  background?: boolean | null | undefined;
  store?: boolean | null | undefined;
}): Refusal | undefined {
  const { input, prompt, background, store } = body;
  if (prompt !== undefined && prompt !== null) {
    return cannot('prompt', 'this server keeps no prompt templates; send instructions and input');
  }
  if (background === true && store === false) {
    return cannot('background', "background mode requires 'store' to be true");
  }
  if (!Array.isArray(input)) return undefined;
  for (const [index, item] of (input as readonly WireItem[]).entries()) {
    for (const field of ['content', 'output']) {
      const parts = item[field];
      if (!Array.isArray(parts)) continue;
      for (const [at, part] of parts.entries()) {
        const reason = unreadable(part);
        if (reason !== undefined) return cannot(`input[${index}].${field}[${at}]`, reason);
      }
    }
  }
  return undefined;
}

function unreadable(part: unknown): string | undefined {
  if (!isRecord(part)) return 'expected an object with a type';
  const { type, image_url: url } = part;
  if (type === 'input_file' || type === 'input_audio') {
    return `this server reads no ${type}; expected text or images`;
  }
  if (type !== 'input_image') return undefined;
  if (typeof url === 'string' && /^(data:image\/|https?:\/\/)/.test(url)) return undefined;
  if (url === undefined || url === null) {
    return 'this server keeps no files; expected image_url with a data URL or a link';
  }
  return 'expected image_url to be a data URL of an image, or a link';
}

function cannot(param: string, reason: string): Refusal {
  return refuse(400, `Invalid value for '${param}': ${reason}.`, {
    code: 'unsupported_value',
    param,
  });
}
