import { describe, expect, it } from 'vitest';
import { checkStartAt, readStartAt } from '../../src/app/options/start-at.ts';
import { startTogether } from '../../src/app/run/start-together.ts';

describe('the time at which a run begins', () => {
  it.each([
    ['with a zone', '2026-11-28T12:00:00Z', '2026-11-28T12:00:00.000Z'],
    ['in a zone elsewhere', '2026-11-28T13:00+01:00', '2026-11-28T12:00:00.000Z'],
    ['as seconds since 1970', '@1764331200', '2025-11-28T12:00:00.000Z'],
  ])('is read %s', (_, text, iso) => {
    expect(readStartAt(text).toISOString()).toBe(iso);
  });

  it.each([
    ['without a zone, which each machine would take for its own', '2026-11-28T12:00:00'],
    ['of no such day', '2026-13-45T12:00:00Z'],
    ['in words', 'noon'],
  ])('is refused %s', (_, text) => {
    expect(() => readStartAt(text)).toThrow('--start-at: expected a time with its zone');
  });

  it('is to come', () => {
    const at = new Date('2026-11-28T12:00:00Z');
    expect(checkStartAt(at, at.getTime() - 1)).toBe(at);
    expect(() => checkStartAt(at, at.getTime())).toThrow('start at: expected a time to come');
  });

  it('is waited for, and how late it was is told', async () => {
    const at = new Date(Date.now() + 50);
    const told = await startTogether(at, new AbortController().signal);
    expect(Date.now()).toBeGreaterThanOrEqual(at.getTime());
    expect(told).toEqual({ asked: at.toISOString(), lateMs: expect.any(Number) as number });
  });

  it('is not waited for once the run is called off', async () => {
    const controller = new AbortController();
    const waiting = startTogether(new Date(Date.now() + 3_600_000), controller.signal);
    controller.abort();
    expect((await waiting)?.lateMs).toBe(0);
  });
});
