/** The practice carrier itself, in whatever process it is opened. */
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipServer } from '#adapters/sip/sip-server.ts';
import type { Logger } from '#ports/logger.ts';
import { scriptOf } from './people.ts';
import { perform } from './performance.ts';

export interface CarrierOptions {
  /** Address of this machine that its callers can see. */
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
  /** The same seed, the same people. */
  readonly seed: number;
  /** Every wait of theirs is multiplied by it. */
  readonly timeScale: number;
  readonly logger: Logger;
}

export interface OpenCarrier {
  /** Where it takes calls. */
  readonly uri: string;
  /** Ends its calls and lets go of its sockets and threads. */
  close(): Promise<void>;
}

const graceMs = 500;

/**
 * Resolves when the carrier takes calls.
 * @throws PORT_IN_USE as the SIP server does.
 */
export async function openCarrier({ address, port, seed, timeScale, logger }: CarrierOptions): Promise<OpenCarrier> {
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
      void perform(invitation, scriptOf(number, seed, attempt), { media, timeScale, logger });
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
