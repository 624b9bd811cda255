/** Where a report goes. */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FatalError } from '#ports/errors.ts';

/**
 * Looks whether a report can be written there, before there is anything to report.
 * @throws CONFIG_INVALID
 */
export function checkReportPath(path: string): void {
  const folder = dirname(resolve(path));
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new FatalError(
      'CONFIG_INVALID',
      `The report cannot be written into ${folder} (${(cause as NodeJS.ErrnoException).code}): make the folder, or choose another with --report.`,
      { cause },
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new FatalError('CONFIG_INVALID', `The report ${path} is a folder: name a file in it with --report.`);
  }
}
