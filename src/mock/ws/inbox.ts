/** A WebSocket message as it came in. */
export interface Message {
  data: Buffer;
  isBinary: boolean;
}

/** Messages of one connection, handed on one after another, and late where the server is told to read slowly. */
export interface Inbox {
  readonly add: (message: Message) => void;
  /** Whether the server reads nothing for now. */
  readonly rests: () => boolean;
  clear(): void;
}

/**
 * @param readDelayMs asked before each message: how long the server rests before it takes it
 * @param onRest told when a rest begins
 */
export function createInbox(
  readDelayMs: () => number,
  take: (message: Message) => void,
  onRest: () => void,
): Inbox {
  /** A message may be here although the server rests: it came together with the one before. */
  const unread: Message[] = [];
  let resting = false;

  function read(): void {
    while (unread.length > 0) {
      const delayMs = readDelayMs();
      if (delayMs > 0) {
        rest(delayMs);
        return;
      }
      takeNext();
    }
  }

  function rest(ms: number): void {
    resting = true;
    onRest();
    setTimeout(() => {
      resting = false;
      takeNext();
      read();
    }, ms).unref();
  }

  function takeNext(): void {
    const message = unread.shift();
    if (message !== undefined) take(message);
  }

  return {
    add(message) {
      unread.push(message);
      if (!resting) read();
    },
    rests: () => resting,
    clear() {
      unread.length = 0;
    },
  };
}
