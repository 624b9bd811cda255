/** The practice carrier itself, in whatever process it is opened. */
import { openFarSide } from './far-side.ts';
import { scriptOf } from './people.ts';
import type { OpenPractice, PracticeOptions } from './process.ts';

const carrier = { userAgent: 'Callboard practice carrier', ports: { from: 30_000, to: 39_999 }, scriptOf };

/**
 * Resolves when the carrier takes calls.
 * @throws PORT_IN_USE as the SIP server does.
 */
export function openCarrier(options: PracticeOptions): Promise<OpenPractice> {
  return openFarSide(carrier, options);
}
