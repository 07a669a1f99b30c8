/** A binary heap that gives back the entry with the earliest deadline. */
export interface DeadlineHeap<T> {
  push(dueMs: number, value: T): void;
  /** The earliest entry, left in place. */
  peek(): { readonly dueMs: number; readonly value: T } | undefined;
  pop(): void;
}

/** An empty heap; push and pop cost O(log n). */
export function createDeadlineHeap<T>(): DeadlineHeap<T> {
  const entries: { dueMs: number; value: T }[] = [];
  const dueAt = (index: number): number => entries[index]?.dueMs ?? Infinity;

  function swap(a: number, b: number): void {
    const [first, second] = [entries[a], entries[b]];
    if (first === undefined || second === undefined) return;
    entries[a] = second;
    entries[b] = first;
  }

  function rise(index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (dueAt(parent) <= dueAt(index)) return;
      swap(parent, index);
      index = parent;
    }
  }

  function sink(index: number): void {
    for (;;) {
      const left = 2 * index + 1;
      const earlier = dueAt(left + 1) < dueAt(left) ? left + 1 : left;
      if (dueAt(index) <= dueAt(earlier)) return;
      swap(index, earlier);
      index = earlier;
    }
  }

  return {
    push(dueMs, value) {
      entries.push({ dueMs, value });
      rise(entries.length - 1);
    },
    peek() {
      return entries[0];
    },
    pop() {
      swap(0, entries.length - 1);
      entries.pop();
      sink(0);
    },
  };
}
