import { describe, expect, it } from 'vitest';
import {
  checkOpenFiles,
  openFilesAdvice,
  type Sessions,
} from '../../src/app/options/open-files.ts';

describe('open files', () => {
  it.each<[string, Sessions, number | undefined, string | undefined]>([
    ['one connection a session', { concurrency: 100, transports: ['ws'] }, 164, undefined],
    [
      'one file too few',
      { concurrency: 100, transports: ['http-keepalive', 'ws'] },
      163,
      'concurrency: 100 sessions at once need about 164 open files, and this shell allows 163; raise it (ulimit -n 164), or lower -c to 99',
    ],
    [
      'a connection for each request: the one before is still closing',
      { concurrency: 100, transports: ['http', 'ws'] },
      200,
      'concurrency: 100 sessions at once need about 264 open files, and this shell allows 200; raise it (ulimit -n 264), or lower -c to 68',
    ],
    [
      'a worker thread has some of its own',
      { concurrency: 100, transports: ['ws'], workers: 2 },
      164,
      'concurrency: 100 sessions at once need about 180 open files, and this shell allows 164; raise it (ulimit -n 180), or lower -c to 84',
    ],
    [
      'a system that does not say',
      { concurrency: 5000, transports: ['http'] },
      undefined,
      undefined,
    ],
  ])('are counted before a run: %s', (_what, sessions, allowed, complaint) => {
    const check = expect(() => {
      checkOpenFiles(sessions, allowed);
    });
    if (complaint === undefined) check.not.toThrow();
    else check.toThrow(complaint);
  });

  it('that ran out although they should have been enough: more than there are, or fewer sessions', () => {
    expect(openFilesAdvice({ concurrency: 8, transports: ['http'] }, 100)).toMatch(
      /\(ulimit -n 200\), or lower -c to 4$/,
    );
  });
});
