/** The phones of practice agents, in whatever process they are opened: any number of them on one SIP port. */
import { openFarSide } from './far-side.ts';
import { scriptOfPhone } from './phones.ts';
import type { OpenPractice, PracticeOptions } from './process.ts';

const phones = {
  userAgent: 'Callboard practice agents',
  ports: { from: 40_000, to: 49_999 },
  scriptOf: scriptOfPhone,
};

/**
 * Resolves when they can be called, each at `sip:NAME@HOST:PORT` whatever its name is.
 * @throws PORT_IN_USE as the SIP server does.
 */
export function openAgents(options: PracticeOptions): Promise<OpenPractice> {
  return openFarSide(phones, options);
}
