import { createInterface } from 'node:readline';

/** A yes-or-no question on the terminal; anything but yes is no, and so is the end of input or of patience. */
export function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    const stop = (): void => {
      terminal.close();
    };
    signal.addEventListener('abort', stop);
    terminal.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(false);
    });
    // While it asks, the terminal hands over Ctrl-C as a key: pass it on as the signal it stands for.
    terminal.once('SIGINT', () => {
      process.stderr.write('\n');
      process.kill(process.pid, 'SIGINT');
    });
    terminal.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    });
  });
}
