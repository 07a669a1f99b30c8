#!/usr/bin/env node
// Answers --version before anything is loaded: importing the command line alone costs 40 % on top of Node's own start.
const [flag] = process.argv.slice(2);
if (process.argv.length === 3 && (flag === '--version' || flag === '-V')) {
  const { readFileSync } = await import('node:fs');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  const { watchInterrupts } = await import('../dist/cli/terminal/interrupt.js');
  watchInterrupts();
  const { watchExit } = await import('../dist/cli/terminal/last-words.js');
  watchExit();
  const { keepHeapSteady } = await import('../dist/steady-heap.js');
  keepHeapSteady();
  await import('../dist/cli/main.js');
}
