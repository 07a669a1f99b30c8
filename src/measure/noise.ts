import { readFileSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { nowUs } from './clock.ts';
import { createHistogram, percentileUs, recordUs } from './histogram.ts';

/** How often the loop is asked whether it is awake, in ms: what shorter stalls do to a sample is below its resolution. */
const TICK_MS = 2;
/** Stalls from here on are remembered, so that the samples they touch can be tagged. */
const STALL_US = 3000;

/** What disturbed the measuring process while it measured. */
export interface Noise {
  /** How late the event loop came to its timers, in µs, their resolution subtracted. */
  loopDelayP50Us: number;
  loopDelayP99Us: number;
  loopDelayMaxUs: number;
  /** Share of time that the event loop was busy, 0 to 1. */
  utilisation: number;
  gcPauses: number;
  gcTotalUs: number;
  gcMaxUs: number;
  /** Share of the machine's CPU time that its host took away; null where the system doesn't say. */
  stolenShare: number | null;
}

/** A watch on our own process during a run. */
export interface NoiseWatch {
  /** How long the event loop was stalled between two moments of the process clock, in µs; stalls under 3 ms don't count. */
  readonly stalledUs: (fromUs: number, toUs: number) => number;
  /** Ends the watch; calling it again tells the same. */
  readonly stop: () => Noise;
}

/** A new watch on our own process; it costs one timer every 2 ms. */
export function watchNoise(): NoiseWatch {
  const delays = createHistogram();
  const stalls: { fromUs: number; toUs: number }[] = [];
  const gc = { pauses: 0, totalUs: 0, maxUs: 0 };
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      gc.pauses++;
      gc.totalUs += duration * 1000;
      gc.maxUs = Math.max(gc.maxUs, duration * 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const cpuBefore = readCpu();
  const loopBefore = performance.eventLoopUtilization();

  let armedUs = nowUs();
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    const now = nowUs();
    const lateUs = Math.max(0, now - armedUs - TICK_MS * 1000);
    recordUs(delays, lateUs);
    if (lateUs >= STALL_US) stalls.push({ fromUs: now - lateUs, toUs: now });
    armedUs = now;
    timer = setTimeout(tick, TICK_MS);
    timer.unref();
  };
  timer = setTimeout(tick, TICK_MS);
  timer.unref();

  let noise: Noise | undefined;
  function end(): Noise {
    clearTimeout(timer);
    observer.disconnect();
    const max = Math.max(0, delays.max);
    return {
      loopDelayP50Us: percentileUs(delays.buckets, 50, max),
      loopDelayP99Us: percentileUs(delays.buckets, 99, max),
      loopDelayMaxUs: max,
      utilisation: performance.eventLoopUtilization(loopBefore).utilization,
      gcPauses: gc.pauses,
      gcTotalUs: Math.round(gc.totalUs),
      gcMaxUs: Math.round(gc.maxUs),
      stolenShare: stolenShare(cpuBefore, readCpu()),
    };
  }

  return {
    stalledUs(fromUs, toUs) {
      let total = 0;
      for (let index = stalls.length - 1; index >= 0; index--) {
        const stall = stalls[index];
        if (stall === undefined || stall.toUs <= fromUs) break;
        total += Math.max(0, Math.min(toUs, stall.toUs) - Math.max(fromUs, stall.fromUs));
      }
      return total;
    },
    stop: () => (noise ??= end()),
  };
}

interface CpuTicks {
  total: number;
  stolen: number;
}

/** The first line of Linux' /proc/stat: user nice system idle iowait irq softirq steal (proc(5)). */
function readCpu(): CpuTicks | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const total = ticks.reduce((sum, each) => sum + each, 0);
    return { total, stolen: ticks[7] ?? 0 };
  } catch {
    return undefined;
  }
}

function stolenShare(before: CpuTicks | undefined, after: CpuTicks | undefined): number | null {
  if (before === undefined || after === undefined || after.total === before.total) return null;
  return (after.stolen - before.stolen) / (after.total - before.total);
}
