/** The telephony port over SIP and UDP. */
import type { Clock } from '#ports/clock.ts';
import { FatalError } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { DialRequest, Telephony, TelephonyListener, TrunkHealth, TrunkSettings } from '#ports/telephony.ts';
import { defaultFloodLimits, type FloodLimits } from './flood-guard.ts';
import type { OutboundCall } from './outbound-call.ts';
import { PhoneAgent } from './phone-agent.ts';
import { phoneUriOf } from './phone-uri.ts';
import { type HostPort, parseHostPort } from './sip-address.ts';
import { SipCore } from './sip-core.ts';
import { transferRefused } from './transfer.ts';
import { TrunkAgent } from './trunk-agent.ts';
import { type HubCounters, UdpHub, type UdpHubOptions } from './udp-hub.ts';
import { defaultT1Ms, installUdpTimers } from './udp-timers.ts';

export interface SipTelephonyOptions {
  /** IP address of this machine that carriers can answer to. */
  readonly bindAddress: string;
  /** UDP port; 0 takes any free one. */
  readonly port: number;
  readonly log: Logger;
  /** The User-Agent header; `Callboard` when absent. */
  readonly userAgent?: string;
  /** The system's when absent. */
  readonly clock?: Clock;
  readonly flood?: FloodLimits;
  /** Hosts that a 3xx may send a call to, besides the gateway that sent it. None when absent. */
  readonly redirectHosts?: readonly string[];
  /** How long after a sign of life a phone of the house is asked for another, ms; 20,000 when absent. */
  readonly askPhonesEveryMs?: number;
  /** RFC 3261's T1, 500 ms; tests make it shorter. Holds for the whole process. */
  readonly t1Ms?: number;
  /** Loses datagrams in tests. */
  readonly passes?: UdpHubOptions['passes'];
}

/** The port and what its owner may look at. */
export interface SipTelephony extends Telephony {
  readonly address: HostPort;
  readonly counters: Readonly<HubCounters>;
  /** What is held at the moment: calls, and the library's transactions and dialogs. */
  sizes(): { calls: number; clients: number; servers: number; dialogs: number };
}

/**
 * Opens the SIP port.
 * @throws PORT_IN_USE, CONFIG_INVALID
 */
export async function createSipTelephony(options: SipTelephonyOptions): Promise<SipTelephony> {
  const { bindAddress, port, log, passes } = options;
  installUdpTimers(options.t1Ms);
  const clock = options.clock ?? systemClock;
  const hub = await UdpHub.open({ bindAddress, port, clock, log, flood: options.flood ?? defaultFloodLimits, passes });
  return new UdpTelephony(hub, clock, options);
}

/** The user part of our own address. */
const ourUser = 'callboard';

class UdpTelephony implements SipTelephony {
  readonly address: HostPort;
  readonly counters: Readonly<HubCounters>;
  readonly #hub: UdpHub;
  readonly #clock: Clock;
  readonly #options: SipTelephonyOptions;
  readonly #userAgent: string;
  readonly #stranger: SipCore;
  readonly #trunks = new Map<string, TrunkAgent>();
  readonly #retired = new Set<TrunkAgent>();
  readonly #phones: PhoneAgent;
  readonly #calls = new Map<string, OutboundCall>();

  constructor(hub: UdpHub, clock: Clock, options: SipTelephonyOptions) {
    this.#hub = hub;
    this.#clock = clock;
    this.#options = options;
    this.#userAgent = options.userAgent ?? 'Callboard';
    this.address = hub.address;
    this.counters = hub.counters;
    this.#stranger = new SipCore({
      callIdPrefix: '',
      address: hub.address,
      user: ourUser,
      userAgent: this.#userAgent,
      send: (message) => hub.send(message),
    });
    hub.attachStranger(this.#stranger);
    const { log, t1Ms = defaultT1Ms, askPhonesEveryMs = 20_000 } = options;
    const named = { userAgent: this.#userAgent, user: ourUser };
    this.#phones = new PhoneAgent({ hub, ...named, t1Ms, clock, log, askEveryMs: askPhonesEveryMs });
  }

  async configureTrunk(settings: TrunkSettings): Promise<void> {
    const known = this.#trunks.get(settings.trunkId);
    if (known && JSON.stringify(known.settings) === JSON.stringify(settings)) return;
    const agent = new TrunkAgent(settings, gatewayOf(settings), {
      hub: this.#hub,
      userAgent: this.#userAgent,
      user: ourUser,
      redirectHosts: this.#options.redirectHosts ?? [],
      t1Ms: this.#options.t1Ms ?? defaultT1Ms,
      clock: this.#clock,
      log: this.#options.log,
    });
    this.#trunks.set(settings.trunkId, agent);
    if (known) {
      this.#retired.add(known);
      known.retire(() => this.#retired.delete(known));
    }
  }

  async dial(request: DialRequest, listener: TelephonyListener): Promise<void> {
    const { callId } = request;
    const onEnd = () => this.#calls.delete(callId);
    const place =
      'uri' in request
        ? this.#phones.dialing(request, listener, onEnd)
        : this.#trunk(request.trunkId).dialing(request, listener, onEnd);
    if (!this.#calls.has(callId)) this.#calls.set(callId, place());
  }

  async transfer(callId: string, target: string, progress: (sipStatus: number) => void = () => {}): Promise<void> {
    const uri = phoneUriOf(target);
    const call = this.#calls.get(callId);
    if (!call) throw transferRefused(callId, 'is not in it');
    await call.transfer(uri.toString(), progress);
  }

  async hangUp(callId: string): Promise<void> {
    this.#calls.get(callId)?.hangUp();
  }

  async ping(trunkId: string): Promise<TrunkHealth> {
    return this.#trunk(trunkId).ping();
  }

  async close(graceMs = 2000): Promise<void> {
    for (const call of this.#calls.values()) call.hangUp();
    await Promise.all(this.#cores().map((core) => core.drained(this.#clock, graceMs)));
    for (const call of this.#calls.values()) call.abandon();
    for (const agent of [...this.#agents(), this.#phones]) agent.close();
    this.#stranger.dispose();
    await this.#hub.close();
  }

  sizes(): ReturnType<SipTelephony['sizes']> {
    const total = { calls: this.#calls.size, ...this.#stranger.sizes() };
    for (const core of this.#cores()) {
      const { clients, servers, dialogs } = core.sizes();
      total.clients += clients;
      total.servers += servers;
      total.dialogs += dialogs;
    }
    return total;
  }

  #cores(): SipCore[] {
    return [...this.#agents().map(({ core }) => core), ...this.#phones.cores];
  }

  #agents(): TrunkAgent[] {
    return [...this.#trunks.values(), ...this.#retired];
  }

  #trunk(trunkId: string): TrunkAgent {
    const trunk = this.#trunks.get(trunkId);
    if (!trunk) {
      throw new FatalError('TRUNK_UNKNOWN', `The trunk ${trunkId} is not configured: configure it before you dial.`);
    }
    return trunk;
  }
}

function gatewayOf({ trunkId, uri }: TrunkSettings): HostPort {
  const match = /^sip:([^@;?\s]+)(?:;transport=udp)?$/i.exec(uri);
  const gateway = match?.[1] === undefined ? undefined : parseHostPort(match[1].toLowerCase());
  if (!gateway) {
    throw new FatalError(
      'CONFIG_INVALID',
      `The address of trunk ${trunkId} is not of the form sip:HOST or sip:HOST:PORT (UDP): correct it.`,
    );
  }
  return gateway;
}
