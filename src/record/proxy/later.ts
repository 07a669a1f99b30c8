const waiting: (() => void)[] = [];

/** Has something done, in the order in which it was asked for, once what has arrived by now was passed on. */
export function later(work: () => void): void {
  waiting.push(work);
  if (waiting.length === 1) setImmediate(doAll);
}

function doAll(): void {
  for (const work of waiting.splice(0)) work();
}
