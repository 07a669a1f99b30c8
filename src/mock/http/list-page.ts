import type { WireItem } from '../../protocol/items.ts';
import { type Refusal, refuse } from '../wire/refusal.ts';

/** One page of a list, as the API lays lists out; newest first unless `order=asc`. */
export function listPage(
  items: readonly (WireItem & { id: string })[],
  query: URLSearchParams,
): object | Refusal {
  const limit = Number(query.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return refuse(400, "Invalid 'limit': expected a whole number from 1 to 100.", {
      param: 'limit',
    });
  }
  const ordered = query.get('order') === 'asc' ? items : items.toReversed();
  const after = query.get('after');
  const from = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const data = ordered.slice(from, from + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < ordered.length,
  };
}
