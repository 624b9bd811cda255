/** The practice carrier itself, in whatever process it is opened. */
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipServer } from '#adapters/sip/sip-server.ts';
import { scriptOf } from './people.ts';
import { perform, recordedIn } from './performance.ts';
import type { OpenPractice, PracticeOptions } from './process.ts';

const graceMs = 500;

/**
 * Resolves when the carrier takes calls.
 * @throws PORT_IN_USE as the SIP server does.
 */
export async function openCarrier({
  address,
  port,
  seed,
  timeScale,
  record,
  logger,
}: PracticeOptions): Promise<OpenPractice> {
  const media = createRtpMedia({ bindAddress: address, portRange: { from: 30_000, to: 39_999 }, workers: 1, logger });
  /** Times each number was called. */
  const attempts = new Map<string, number>();
  const opening = createSipServer({
    bindAddress: address,
    port,
    log: logger,
    userAgent: 'Callboard practice carrier',
    onInvite: (invitation) => {
      const number = invitation.calledUser;
      const attempt = (attempts.get(number) ?? 0) + 1;
      attempts.set(number, attempt);
      const stage = { media, timeScale, logger, ...recordedIn(record, number, attempt) };
      void perform(invitation, scriptOf(number, seed, attempt), stage);
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
