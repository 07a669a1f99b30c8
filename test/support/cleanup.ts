import { afterAll } from 'vitest';

const duties: (() => unknown)[] = [];

/**
 * Has something done when the test file ends, the last thing first. Unlike vitest's `onTestFinished` it may be called
 * in hooks and in tests that run side by side.
 */
export function atEnd(duty: () => unknown): void {
  duties.push(duty);
}

// Here and not in `atEnd`: hooks can be added only while a file is being collected.
afterAll(async () => {
  for (const duty of duties.splice(0).reverse()) await duty();
});
