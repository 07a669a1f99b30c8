import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * Plausible talk of a software team, exactly `bytes` long. Printable ASCII without quotes and backslashes: bytes are
 * characters, and JSON needs no escapes.
 */
export function randomText(random: RandomGenerator, bytes: number): string {
  if (bytes < 1) return '';
  let text = '';
  let starts = true;
  while (text.length < bytes) {
    const dice = uniformInt(random, 0, 15);
    const word = pick(random, dice < 2 ? codeWords : words);
    text += starts && dice >= 2 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    starts = dice === 15;
    text += starts ? '. ' : dice === 14 ? ', ' : ' ';
  }
  return `${text.slice(0, bytes - 1)}.`;
}

/** The same text with so many of its characters turned into line ends, evenly spread; its last stays. */
export function withNewlines(text: string, count: number): string {
  const lines = Math.min(count, text.length - 1) + 1;
  if (lines < 2) return text;
  const ends = Array.from({ length: lines }, (_, line) =>
    Math.floor(((line + 1) * text.length) / lines),
  );
  return ends
    .map((end, line) => text.slice(ends[line - 1] ?? 0, line === lines - 1 ? end : end - 1))
    .join('\n');
}

function pick(random: RandomGenerator, from: readonly string[]): string {
  return from[uniformInt(random, 0, from.length - 1)] ?? '';
}

const words: readonly string[] =
  `the a an and or but so if then when because after before while until with without for from into over under
  of on in at to by as is are was were be been has have had does do did can could should would will must may
  this that these those it its they them we our you your one two three first second last next each every all
  some any no not only also still just now again here there where which what who how more most less few many
  new old same other good better wrong right clear simple small large long short full empty open close ready
  request response server client session token context cache stream event message connection socket header
  timeout retry error failure result value list map key string number index field type function method class
  module package file folder path line test case suite check build release branch commit change patch review
  user customer order invoice payment account address product price total report page table column row query
  add remove update read write send receive call return throw catch handle parse render load store save keep
  find search compare measure count sort filter merge split move rename create delete run start stop wait fail
  pass expect assert explain describe suggest prefer need want see look know think assume confirm notice fix`.split(
    /\s+/,
  );

const codeWords: readonly string[] =
  `src/orders/cart.ts:42 src/server/session.ts test/cart.test.ts:118 packages/core/index.ts lib/http/client.ts:7
  readFile(path) parseOrder(input) session.close() await fetchOrders(id) cart.items.length config.timeoutMs
  (order)=>order.total {status:200} const total=0; return undefined; if(!user) Promise<Order[]> Map<string,Item>
  TypeError: 404 ENOENT HTTP/1.1 id=1842 --watch npm run_tests 12ms 3/3 utf-8 2026-04-22 v2.7.1 #1093`.split(
    /\s+/,
  );
