/** Answers calls with SIP and RTP as scripts say, in whatever process it is opened: a carrier's people, or phones. */
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipServer } from '#adapters/sip/sip-server.ts';
import type { TimedStep } from './people.ts';
import { perform, recordedIn } from './performance.ts';
import type { OpenPractice, PracticeOptions } from './process.ts';

const graceMs = 500;

export interface FarSide {
  /** As it calls itself in SIP. */
  readonly userAgent: string;
  /** Of RTP and RTCP, so that far sides on one machine keep apart. */
  readonly ports: { readonly from: number; readonly to: number };
  /** What whoever is called under this name does the nth time, from 1. */
  readonly scriptOf: (name: string, seed: number, attempt: number) => Iterable<TimedStep>;
}

/**
 * Resolves when it takes calls.
 * @throws PORT_IN_USE as the SIP server does.
 */
export async function openFarSide(
  { userAgent, ports, scriptOf }: FarSide,
  { address, port, seed, timeScale, record, logger }: PracticeOptions,
): Promise<OpenPractice> {
  const media = createRtpMedia({ bindAddress: address, portRange: ports, workers: 1, logger });
  /** Times each was called. */
  const attempts = new Map<string, number>();
  const opening = createSipServer({
    bindAddress: address,
    port,
    log: logger,
    userAgent,
    onInvite: (invitation) => {
      const name = invitation.calledUser;
      const attempt = (attempts.get(name) ?? 0) + 1;
      attempts.set(name, attempt);
      const stage = { media, timeScale, logger, ...recordedIn(record, name, attempt) };
      void perform(invitation, scriptOf(name, seed, attempt), stage);
    },
  });
  const server = await opening.catch(async (error: unknown) => {
    await media.shutdown();
    throw error;
  });
  return {
    uri: `sip:${address}:${server.address.port}`,
    close: async () => {
      await server.close(graceMs);
      await media.shutdown();
    },
  };
}
