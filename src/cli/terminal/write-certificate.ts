import { UsageError } from '../../errors.ts';
import { writeWhole } from '../../result/write-whole.ts';

/**
 * Writes the certificate that a server made for itself, for its clients to trust.
 * @throws UsageError naming `--tls-ca-out` and the file if that can't be written
 */
export async function writeCertificate(file: string, pem: string): Promise<void> {
  try {
    await writeWhole(file, pem);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unwritable';
    throw new UsageError(
      `--tls-ca-out: expected a file that can be written, got ${file} (${code})`,
    );
  }
}
