/*
 * Entry point of the mock's child process: options come in over IPC, one report goes back.
 */

import { UsageError } from '../../errors.ts';
import { type MockOptions, startMock } from '../server.ts';
import type { ChildReport } from './child-report.ts';

// The terminal sends Ctrl-C to parent and child alike; the parent still needs us for its last words.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => process.exit(0));
// The parent is gone, whatever became of it.
process.on('disconnect', () => process.exit(0));

process.once('message', (options) => {
  void start(options as MockOptions);
});

async function start(options: MockOptions): Promise<void> {
  try {
    const { url, ca } = await startMock(options);
    tell({ kind: 'listening', url, ...(ca !== undefined && { ca }) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: error instanceof UsageError ? 'misused' : 'failed', message });
  }
}

function tell(report: ChildReport): void {
  process.send?.(report);
}
