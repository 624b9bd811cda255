/** One trunk: a user agent with the trunk's credentials, its calls and its ping. */
import { type IncomingResponse, URI } from 'sip.js/lib/core/index.js';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import type { TelephonyListener, TrunkCall, TrunkHealth, TrunkSettings } from '#ports/telephony.ts';
import { OutboundCall } from './outbound-call.ts';
import { formatHost, type HostPort } from './sip-address.ts';
import { allowHeader, randomToken, SipCore } from './sip-core.ts';
import { callIdPrefixBits, type UdpHub } from './udp-hub.ts';

export interface TrunkAgentOptions {
  readonly hub: UdpHub;
  readonly userAgent: string;
  readonly user: string;
  readonly redirectHosts: readonly string[];
  readonly t1Ms: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A ping waits this long, whatever timer F says. */
const pingTimeoutMs = 4000;

export class TrunkAgent {
  readonly settings: TrunkSettings;
  readonly core: SipCore;
  readonly #options: TrunkAgentOptions;
  readonly #gateway: HostPort;
  readonly #prefix: string;
  #liveCalls = 0;
  #onRetired: (() => void) | undefined;
  #stopRetiring = (): void => {};

  constructor(settings: TrunkSettings, gateway: HostPort, options: TrunkAgentOptions) {
    const { hub, user, userAgent } = options;
    this.settings = settings;
    this.#options = options;
    this.#gateway = gateway;
    this.#prefix = randomToken(callIdPrefixBits);
    this.core = new SipCore({
      callIdPrefix: this.#prefix,
      address: hub.address,
      user,
      userAgent,
      credentials: settings.credentials,
      send: (message) => hub.send(message),
    });
    hub.trust(gateway.host);
    hub.attach(this.#prefix, this.core);
  }

  /** What sends the INVITE when it is called. */
  dialing(request: TrunkCall, listener: TelephonyListener, onEnd: () => void): () => OutboundCall {
    const { clock, log, redirectHosts, t1Ms } = this.#options;
    const { host, port } = this.#gateway;
    return () => {
      this.#liveCalls += 1;
      return new OutboundCall(request, listener, {
        core: this.core,
        callIdPrefix: this.#prefix,
        target: new URI('sip', request.number, formatHost(host), port),
        shown: request.callerId ?? this.settings.callerId ?? this.core.user,
        redirectHosts: [host, ...redirectHosts],
        cancelTimeoutMs: 64 * t1Ms,
        clock,
        log,
        onEnd: () => {
          this.#liveCalls -= 1;
          onEnd();
          this.#closeWhenDone();
        },
      });
    };
  }

  /** Asks the gateway with OPTIONS whether it lives (RFC 3261, 11). */
  ping(): Promise<TrunkHealth> {
    const { clock } = this.#options;
    const gateway = new URI('sip', '', formatHost(this.#gateway.host), this.#gateway.port);
    const from = new URI('sip', this.core.user, this.core.host);
    const message = this.core.agent.makeOutgoingRequestMessage(
      'OPTIONS',
      gateway,
      from,
      gateway,
      { callId: `${this.#prefix}${randomToken(128)}`, fromTag: randomToken() },
      [this.core.contactHeader, allowHeader, 'Accept: application/sdp'],
    );
    const startedAt = clock.now();
    return new Promise((resolve) => {
      const settle = (sipStatus: number): void => {
        stopTimer();
        resolve({ healthy: sipStatus !== 0 && sipStatus !== 503, sipStatus, roundTripMs: clock.now() - startedAt });
      };
      // What the library makes up itself, a 408 for silence and a 503 for no way, came over no Via.
      const hear = ({ message: { viaBranch, statusCode = 0 } }: IncomingResponse): void =>
        settle(viaBranch ? statusCode : 0);
      const client = this.core.agent.request(message, { onAccept: hear, onRedirect: hear, onReject: hear });
      const stopTimer = clock.after(pingTimeoutMs, () => {
        this.core.forget(client as Parameters<SipCore['forget']>[0]);
        settle(0);
      });
    });
  }

  /** Closes, and says so, when the last call has ended and its timers have run out. */
  retire(onClosed: () => void): void {
    this.#onRetired = onClosed;
    this.#closeWhenDone();
  }

  /** Lets go of everything now. */
  close(): void {
    this.#stopRetiring();
    this.#options.hub.detach(this.#prefix);
    this.core.dispose();
  }

  #closeWhenDone(): void {
    const onClosed = this.#onRetired;
    if (!onClosed || this.#liveCalls > 0) return;
    this.#stopRetiring = this.#options.clock.after(64 * this.#options.t1Ms, () => {
      this.close();
      onClosed();
    });
  }
}
