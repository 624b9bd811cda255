/** Calls to the phones of the house: over no trunk, one user agent for each login that they ask for. */
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import type { PhoneCall, TelephonyListener } from '#ports/telephony.ts';
import { OutboundCall } from './outbound-call.ts';
import { phoneUriOf } from './phone-uri.ts';
import { randomToken, SipCore } from './sip-core.ts';
import { callIdPrefixBits, type UdpHub } from './udp-hub.ts';

export interface PhoneAgentOptions {
  readonly hub: UdpHub;
  readonly userAgent: string;
  readonly user: string;
  readonly t1Ms: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long after a sign of life a phone is asked for another, ms. */
  readonly askEveryMs: number;
}

interface Login {
  readonly core: SipCore;
  readonly callIdPrefix: string;
}

export class PhoneAgent {
  readonly #options: PhoneAgentOptions;
  readonly #logins = new Map<string, Login>();

  constructor(options: PhoneAgentOptions) {
    this.#options = options;
  }

  get cores(): readonly SipCore[] {
    return Array.from(this.#logins.values(), ({ core }) => core);
  }

  /**
   * What sends the INVITE when it is called.
   * @throws PHONE_UNKNOWN
   */
  dialing(request: PhoneCall, listener: TelephonyListener, onEnd: () => void): () => OutboundCall {
    const target = phoneUriOf(request.uri);
    return () => {
      const { hub, user, t1Ms, clock, log, askEveryMs } = this.#options;
      const host = target.host.replace(/^\[|\]$/g, '');
      hub.trust(host);
      const cancelTimeoutMs = 64 * t1Ms;
      return new OutboundCall(request, listener, {
        ...this.#login(request.credentials),
        ...{ target, shown: user, redirectHosts: [host], askEveryMs, cancelTimeoutMs, clock, log, onEnd },
      });
    };
  }

  /** Lets go of everything now. */
  close(): void {
    for (const { core, callIdPrefix } of this.#logins.values()) {
      this.#options.hub.detach(callIdPrefix);
      core.dispose();
    }
    this.#logins.clear();
  }

  #login(credentials: PhoneCall['credentials']): Login {
    const key = JSON.stringify(credentials ?? null);
    const known = this.#logins.get(key);
    if (known) return known;
    const { hub, userAgent, user } = this.#options;
    const callIdPrefix = randomToken(callIdPrefixBits);
    const core = new SipCore({
      ...{ callIdPrefix, address: hub.address, user, userAgent, credentials },
      send: (message) => hub.send(message),
    });
    hub.attach(callIdPrefix, core);
    const login = { core, callIdPrefix };
    this.#logins.set(key, login);
    return login;
  }
}
