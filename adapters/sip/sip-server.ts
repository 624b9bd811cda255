/** The side that is called: a SIP port that takes INVITEs, for the practice carrier and for tests. */
import type { InviteUserAgentServer } from 'sip.js/lib/core/index.js';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { FloodLimits } from './flood-guard.ts';
import { Invitation } from './invitation.ts';
import type { HostPort } from './sip-address.ts';
import { SipCore } from './sip-core.ts';
import { type HubCounters, UdpHub, type UdpHubOptions } from './udp-hub.ts';
import { installUdpTimers } from './udp-timers.ts';

export interface SipServerOptions {
  /** IP address of this machine that callers can answer to. */
  readonly bindAddress: string;
  /** UDP port; 0 takes any free one. */
  readonly port: number;
  readonly log: Logger;
  /** Takes each call; it must be answered or rejected, now or later. An exception answers 500. */
  readonly onInvite: (invitation: Invitation) => void;
  /** The Server name; `Callboard` when absent. */
  readonly userAgent?: string;
  /** The system's when absent. */
  readonly clock?: Clock;
  /** Those of a carrier, who serves few callers that send much, when absent. */
  readonly flood?: FloodLimits;
  /** RFC 3261's T1, 500 ms. Holds for the whole process. */
  readonly t1Ms?: number;
  /** Loses datagrams in tests. */
  readonly passes?: UdpHubOptions['passes'];
}

export interface SipServer {
  readonly address: HostPort;
  readonly counters: Readonly<HubCounters>;
  /** What is held at the moment: live calls, and the library's transactions and dialogs. */
  sizes(): { calls: number; clients: number; servers: number; dialogs: number };
  /** Hangs up every call, gives the BYEs up to `graceMs` to be answered, and closes the port. */
  close(graceMs?: number): Promise<void>;
}

/** A thousand calls a second of one caller. */
const carrierFloodLimits: FloodLimits = {
  perSource: { ratePerSecond: 5000, burst: 10_000 },
  global: { ratePerSecond: 10_000, burst: 20_000 },
};

/**
 * Opens a SIP port that takes calls and answers OPTIONS with 200. An INVITE whose SDP has no audio that we
 * could use never gets to `onInvite`: 488.
 * @throws PORT_IN_USE, CONFIG_INVALID
 */
export async function createSipServer(options: SipServerOptions): Promise<SipServer> {
  const { bindAddress, port, log, passes, onInvite, clock = systemClock } = options;
  installUdpTimers(options.t1Ms);
  const hub = await UdpHub.open({ bindAddress, port, clock, log, flood: options.flood ?? carrierFloodLimits, passes });
  const calls = new Set<Invitation>();
  const core: SipCore = new SipCore({
    callIdPrefix: '',
    address: hub.address,
    user: 'carrier',
    userAgent: options.userAgent ?? 'Callboard',
    send: (message) => hub.send(message),
    onInvite: (invite) => receive(invite),
  });
  hub.attachStranger(core);

  function receive(invite: InviteUserAgentServer): void {
    const invitation: Invitation = new Invitation(invite, core, () => calls.delete(invitation));
    if (invite.message.body !== '' && !invitation.offer) {
      invitation.reject(488);
      return;
    }
    calls.add(invitation);
    try {
      onInvite(invitation);
    } catch (error) {
      log.error({ err: error }, 'Handler of an incoming call threw');
      invitation.reject(500);
    }
  }

  return {
    address: hub.address,
    counters: hub.counters,
    sizes: () => ({ calls: calls.size, ...core.sizes() }),
    close: async (graceMs = 2000) => {
      for (const call of calls) call.hangUp();
      await core.drained(clock, graceMs);
      core.dispose();
      await hub.close();
    },
  };
}
