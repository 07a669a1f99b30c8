import { expect, it } from 'vitest';
import { connect, startTestMock } from './mock-server.ts';

it('tells what the process takes, what each connection holds, and how late events were', async () => {
  const { url } = await startTestMock();
  const metrics = async (): Promise<Map<string, number>> => {
    const text = await (await fetch(new URL('/metrics', url))).text();
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      samples.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  };
  const own = (name: string): string => `agent_latency_bench_mock_${name}`;

  const before = await metrics();
  expect(before.has(own('cache_session_bytes{quantile="1"}'))).toBe(false);
  expect(before.get(own('event_lateness_seconds_count'))).toBe(0);
  for (const name of ['process_resident_memory_bytes', 'nodejs_heap_size_used_bytes']) {
    expect(before.get(name)).toBeGreaterThan(1_000_000);
  }

  const holder = await connect(url);
  const idle = await connect(url);
  const events = await holder.create({ input: 'Greet the world.' });
  const after = await metrics();
  expect(after.get(own('event_lateness_seconds_count'))).toBe(events.length);
  expect(after.get(own('event_lateness_seconds_bucket{le="0"}'))).toBe(0);
  expect(after.get(own('cache_session_bytes{quantile="0"}'))).toBe(0);
  expect(after.get(own('cache_session_bytes{quantile="1"}'))).toBe(after.get(own('cache_bytes')));
  expect(after.get('process_cpu_seconds_total')).toBeGreaterThan(
    before.get('process_cpu_seconds_total') ?? Infinity,
  );
  idle.socket.close();
});
