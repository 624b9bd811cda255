/** The phones of practice agents, in whatever process they are opened: any number of them on one SIP port. */
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipServer } from '#adapters/sip/sip-server.ts';
import { perform, recordedIn } from './performance.ts';
import { scriptOfPhone } from './phones.ts';
import type { OpenPractice, PracticeOptions } from './process.ts';

const graceMs = 500;

/**
 * Resolves when they can be called, each at `sip:NAME@HOST:PORT` whatever its name is.
 * @throws PORT_IN_USE as the SIP server does.
 */
export async function openAgents({
  address,
  port,
  seed,
  timeScale,
  record,
  logger,
}: PracticeOptions): Promise<OpenPractice> {
  const media = createRtpMedia({ bindAddress: address, portRange: { from: 40_000, to: 49_999 }, workers: 1, logger });
  /** Times each phone was called. */
  const attempts = new Map<string, number>();
  const opening = createSipServer({
    bindAddress: address,
    port,
    log: logger,
    userAgent: 'Callboard practice agents',
    onInvite: (invitation) => {
      const name = invitation.calledUser;
      const attempt = (attempts.get(name) ?? 0) + 1;
      attempts.set(name, attempt);
      const stage = { media, timeScale, logger, ...recordedIn(record, name, attempt) };
      void perform(invitation, scriptOfPhone(name, seed, attempt), stage);
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
