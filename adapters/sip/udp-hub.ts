/**
 * The one UDP socket of a node, and the way from a datagram to the user agent it is for. Whatever strangers
 * send ends here or in a user agent's answer, never in an exception.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { IncomingRequestMessage } from 'sip.js/lib/core/index.js';
import type { Clock } from '#ports/clock.ts';
import { FatalError } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import { FloodGuard, type FloodLimits } from './flood-guard.ts';
import { GatewayNames } from './gateway-names.ts';
import { readVia } from './header-grammar.ts';
import { HostCache, type Resolve } from './host-cache.ts';
import { readMessage, type SipMessage } from './message-reader.ts';
import { noteDatagram } from './quiet-socket.ts';
import { type HostPort, nextHop } from './sip-address.ts';
import type { SipCore } from './sip-core.ts';

export interface UdpHubOptions {
  /** An IP address of this machine, not a wildcard: others are told to answer there. */
  readonly bindAddress: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly flood: FloodLimits;
  /** The system's resolver when absent. */
  readonly resolve?: Resolve | undefined;
  /**
   * Asked for each datagram, in (`in`) and out (`out`); false loses it. Stands for a bad network in tests.
   */
  readonly passes?: ((way: 'in' | 'out', datagram: Uint8Array) => boolean) | undefined;
}

/** What was seen since the start, for tests and metrics. */
export interface HubCounters {
  received: number;
  sent: number;
  /** Dropped unread because of a flood. */
  flooded: number;
  /** No SIP message, or one without what it needs. */
  unreadable: number;
  /** Readable, but it made the stack throw. */
  failed: number;
}

/** How long a Call-ID prefix is, as bits of `randomToken`; it tells one user agent from another. */
export const callIdPrefixBits = 48;
const prefixLength = callIdPrefixBits / 4;
/** Where a Call-ID is looked for before a message is read; nobody sends a header that long before it. */
const headBytes = 4096;
/** Room for a burst of answers while a long task holds the loop; the system may grant less. */
const socketBufferBytes = 4 * 2 ** 20;

export class UdpHub {
  readonly address: HostPort;
  readonly counters: HubCounters = { received: 0, sent: 0, flooded: 0, unreadable: 0, failed: 0 };
  readonly #socket: Socket;
  readonly #options: UdpHubOptions;
  readonly #flood: FloodGuard;
  readonly #gateways: GatewayNames;
  readonly #cores = new Map<string, SipCore>();
  #stranger: SipCore | undefined;
  #closed = false;

  private constructor(socket: Socket, flood: FloodGuard, gateways: GatewayNames, options: UdpHubOptions) {
    this.#socket = socket;
    this.#flood = flood;
    this.#gateways = gateways;
    this.#options = options;
    this.address = { host: options.bindAddress, port: socket.address().port };
    socket.on('message', (datagram, remote) => this.#receive(datagram, remote.address, remote.port));
    // ICMP answers to what we sent; the transaction's own timer tells the call.
    socket.on('error', (error: NodeJS.ErrnoException) => options.log.debug({ code: error.code }, 'SIP socket error'));
  }

  /**
   * Binds the socket.
   * @throws PORT_IN_USE when somebody else has it; CONFIG_INVALID when the address is none of this machine's.
   */
  static async open(options: UdpHubOptions): Promise<UdpHub> {
    const { bindAddress, port } = options;
    if (isIP(bindAddress) === 0 || bindAddress === '0.0.0.0' || bindAddress === '::') {
      throw new FatalError(
        'CONFIG_INVALID',
        `The SIP address ${bindAddress} is not one that a carrier could answer to: give an IP address of this machine.`,
      );
    }
    const family = isIP(bindAddress);
    const flood = new FloodGuard(options.flood, options.clock.now());
    const gateways = new GatewayNames(new HostCache(options.clock, options.resolve), family, flood);
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      recvBufferSize: socketBufferBytes,
      sendBufferSize: socketBufferBytes,
      lookup: (host, _, callback) => gateways.lookUp(host, callback),
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error: NodeJS.ErrnoException) => reject(bindError(error, bindAddress, port)));
      socket.bind({ address: bindAddress, port, exclusive: true }, () => {
        socket.removeAllListeners('error');
        resolve();
      });
    });
    return new UdpHub(socket, flood, gateways, options);
  }

  /** Gives a user agent all that carries its Call-ID prefix. */
  attach(prefix: string, core: SipCore): void {
    this.#cores.set(prefix, core);
  }

  detach(prefix: string): void {
    this.#cores.delete(prefix);
  }

  /** The user agent for what belongs to no other: calls and questions from outside. */
  attachStranger(core: SipCore): void {
    this.#stranger = core;
  }

  /** A host that may send as much as it likes, wherever its name leads: a gateway of ours. */
  trust(host: string): void {
    this.#gateways.trust(host);
  }

  /** Sends a message to its next hop; rejects when it has none, or no way there (RFC 3261, 18.4). */
  send(message: string): Promise<void> {
    const hop = nextHop(message);
    if (!hop || this.#closed) return Promise.reject(new Error('No next hop.'));
    return new Promise((resolve, reject) => {
      this.#put(Buffer.from(message), hop, (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cores.clear();
    this.#stranger = undefined;
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #put(datagram: Uint8Array, hop: HostPort, done: (error: Error | null) => void): void {
    if (this.#options.passes && !this.#options.passes('out', datagram)) {
      done(null);
      return;
    }
    this.counters.sent += 1;
    this.#socket.send(datagram, hop.port, hop.host, done);
  }

  #receive(datagram: Buffer, address: string, port: number): void {
    noteDatagram();
    if (this.#options.passes && !this.#options.passes('in', datagram)) return;
    this.counters.received += 1;
    if (!this.#flood.admits(address, this.#options.clock.now()) && !this.#isOurs(datagram)) {
      this.counters.flooded += 1;
      return;
    }
    if (isKeepAlive(datagram)) {
      if (datagram.length === 4) this.#put(pong, { host: address, port }, () => {});
      return;
    }
    try {
      this.#dispatch(datagram, address, port);
    } catch (error) {
      // Only the kind: the text of such an error may hold a piece of the message.
      this.counters.failed += 1;
      this.#options.log.debug({ error: error instanceof Error ? error.name : 'unknown' }, 'SIP message not handled');
    }
  }

  /**
   * Whether a datagram belongs to a call of ours, whoever sends it: a border controller may answer from an
   * address that no name leads to. Strangers cannot guess the prefix.
   */
  #isOurs(datagram: Buffer): boolean {
    const callId = /^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)/im.exec(datagram.toString('latin1', 0, headBytes))?.[1];
    return callId !== undefined && this.#cores.has(callId.slice(0, prefixLength));
  }

  #dispatch(datagram: Buffer, address: string, port: number): void {
    const message = readMessage(datagram);
    if (!message) {
      this.counters.unreadable += 1;
      return;
    }
    // A call that came to us has its caller's Call-ID, in what we ask within it too.
    const core = this.#cores.get(message.callId.slice(0, prefixLength)) ?? this.#stranger;
    if (message instanceof IncomingRequestMessage) {
      stampSource(message, address, port);
      core?.receiveRequest(message);
    } else {
      core?.receiveResponse(message);
    }
  }
}

const pong = Buffer.from('\r\n');

/** CRLF ping and pong (RFC 5626, 4.4.1) and the empty datagrams that some send for the same end. */
function isKeepAlive(datagram: Uint8Array): boolean {
  return datagram.length <= 4 && datagram.every((byte) => byte === 13 || byte === 10 || byte === 0);
}

/**
 * RFC 3261, 18.2.1 and RFC 3581, 4: answers go back to where the request came from. What the sender claims of
 * that itself is taken out, or it could have us answer to anybody.
 */
function stampSource(message: SipMessage, address: string, port: number): void {
  const top = message.headers.Via?.[0];
  if (!top) return;
  const wantsRport = readVia(top.raw)?.wantsRport ?? false;
  const honest = top.raw.replace(/;\s*(?:received|rport)\s*(?:=[^;]*)?(?=;|$)/gi, '');
  top.raw = `${honest};received=${address}${wantsRport ? `;rport=${port}` : ''}`;
}

function bindError(error: NodeJS.ErrnoException, address: string, port: number): FatalError {
  if (error.code === 'EADDRINUSE') {
    return new FatalError(
      'PORT_IN_USE',
      `The SIP port ${address}:${port} (UDP) is in use by another program: stop that one, or choose another port with CALLBOARD_SIP_PORT (0: any free one).`,
      { cause: error },
    );
  }
  return new FatalError(
    'CONFIG_INVALID',
    `The SIP port ${address}:${port} (UDP) cannot be opened (${error.code}): give an IP address of this machine and a port that you may use.`,
    { cause: error },
  );
}
