const duties: (() => unknown)[] = [];

/**
 * Has something done when the test file ends, the last thing first. Unlike vitest's `onTestFinished` it may be called
 * in hooks and in tests that run side by side.
 */
export function atEnd(duty: () => unknown): void {
  duties.push(duty);
}

/** Does what was asked for, the last thing first. */
export async function endFile(): Promise<void> {
  for (const duty of duties.splice(0).reverse()) await duty();
}
