import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { nowUs } from '../../src/measure/clock.ts';

it('is the same clock in every thread', async () => {
  const clock = new URL('../../dist/measure/clock.js', import.meta.url).href;
  const code = `import(${JSON.stringify(clock)}).then(({ nowUs }) => require('node:worker_threads').parentPort.postMessage(nowUs()))`;
  const beforeUs = nowUs();
  const [thereUs] = (await once(new Worker(code, { eval: true }), 'message')) as [number];
  expect(thereUs).toBeGreaterThan(beforeUs);
  expect(thereUs).toBeLessThan(nowUs());
});
