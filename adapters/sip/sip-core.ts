/**
 * A user agent of sip.js, mended from outside and kept to what we allow. Everything here that reaches past the
 * library's types stays here.
 */
import { randomBytes } from 'node:crypto';
import {
  ClientTransaction,
  DigestAuthentication,
  type IncomingRequestMessage,
  type IncomingResponseMessage,
  type InviteUserAgentServer,
  LoggerFactory,
  type OutgoingRequestMessage,
  TransactionState,
  URI,
  type UserAgentClient,
  UserAgentCore,
} from 'sip.js/lib/core/index.js';
import type { Clock } from '#ports/clock.ts';
import { endLateAnswer } from './late-answer.ts';
import { formatHost, formatHostPort, type HostPort } from './sip-address.ts';

/** What `Allow` says and what is let in. Neither REFER nor UPDATE: a REFER that is followed is toll fraud. */
export const allowHeader = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS';
const allowed: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS']);

/** Takes an INVITE outside a dialog; it must be answered, now or later. */
export type InviteHandler = (invite: InviteUserAgentServer) => void;

export interface SipCoreSettings {
  /** Begins every Call-ID of this user agent, so that the hub finds it again. */
  readonly callIdPrefix: string;
  /** Where others reach us: Via and Contact. */
  readonly address: HostPort;
  /** The user part of our Contact, and of From where no number is shown. */
  readonly user: string;
  /** The User-Agent header. */
  readonly userAgent: string;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** Puts one message on the wire; rejects where there is no way. */
  send(message: string): Promise<void>;
  /** INVITEs outside a dialog; 403 for all of them when absent. */
  readonly onInvite?: InviteHandler | undefined;
}

/** sip.js logs numbers and whole messages: nothing of it gets out. */
function silentLoggers(): LoggerFactory {
  const factory = new LoggerFactory();
  factory.builtinEnabled = false;
  factory.level = 0;
  return factory;
}

/** A token nobody guesses and nobody gets twice, `bits` / 4 characters long (RFC 3261, 19.3). */
export function randomToken(bits = 80): string {
  return randomBytes(bits / 8).toString('hex');
}

const openTransactions = ClientTransaction as unknown as { makeId(request: OutgoingRequestMessage): string };
const plainMakeId = openTransactions.makeId;

/** sip.js draws branch ids from 10^7: at a hundred calls a second two meet every few minutes. */
openTransactions.makeId = (request) =>
  request.method === 'CANCEL' ? plainMakeId(request) : `z9hG4bK${randomToken(96)}`;

/** How often a closing user agent looks whether its last requests were answered. */
const drainCheckMs = 20;

interface OpenCore {
  receiveRequest(message: IncomingRequestMessage): void;
  receiveInsideDialogRequest(message: IncomingRequestMessage): void;
  receiveOutsideDialogRequest(message: IncomingRequestMessage): void;
}

/** One user agent; the hub gives it what arrives for it. */
export class SipCore {
  readonly agent: UserAgentCore;
  readonly contactHeader: string;
  /** `HOST` of the URIs that name us. */
  readonly host: string;
  readonly user: string;
  /** What makes two INVITEs copies of one request, of those that are here (RFC 3261, 8.2.2.2). */
  readonly #invites = new Set<string>();
  readonly #settings: SipCoreSettings;

  constructor(settings: SipCoreSettings) {
    const { address, user } = settings;
    const uri = new URI('sip', user, formatHost(address.host), address.port);
    const contact = `<${uri.toString()}>`;
    const loggerFactory = silentLoggers();
    const transport = { protocol: 'UDP', send: settings.send };
    this.host = formatHost(address.host);
    this.user = user;
    this.contactHeader = `Contact: ${contact}`;
    this.#settings = settings;
    this.agent = new UserAgentCore({
      aor: uri,
      contact: { pubGruu: undefined, tempGruu: undefined, uri, toString: () => contact },
      displayName: '',
      loggerFactory,
      hackViaTcp: false,
      routeSet: [],
      sipjsId: settings.callIdPrefix,
      supportedOptionTags: [],
      supportedOptionTagsResponse: [],
      userAgentHeaderFieldValue: settings.userAgent,
      viaForceRport: true,
      viaHost: formatHostPort(address),
      authenticationFactory: () =>
        settings.credentials &&
        new DigestAuthentication(
          loggerFactory,
          undefined,
          settings.credentials.username,
          settings.credentials.password,
        ),
      transportAccessor: () => transport,
    });
    this.agent.delegate = { onInvite: (invite) => this.#admit(invite as InviteUserAgentServer) };
    (this.agent as unknown as OpenCore).receiveRequest = (message) => this.#screen(message);
  }

  receiveRequest(message: IncomingRequestMessage): void {
    this.agent.receiveIncomingRequestFromTransport(message);
  }

  receiveResponse(message: IncomingResponseMessage): void {
    if (this.#isLateAnswer(message)) endLateAnswer(this, message);
    else this.agent.receiveIncomingResponseFromTransport(message);
  }

  /** Sends the ACK of a 2xx, for which there is no transaction (RFC 3261, 13.2.2.4). */
  sendAck(ack: OutgoingRequestMessage): void {
    ack.setViaHeader(openTransactions.makeId(ack), 'UDP');
    this.#settings.send(ack.toString()).catch(() => {});
  }

  /** Ends a client transaction that nothing will end, and lets it go. */
  forget(client: UserAgentClient): void {
    this.agent.userAgentClients.delete(client.transaction.id + client.message.method);
    client.dispose();
  }

  /** What is held at the moment; all fall to 0 when calls end and their timers have run out. */
  sizes(): { clients: number; servers: number; dialogs: number } {
    const { userAgentClients, userAgentServers, dialogs } = this.agent;
    return { clients: userAgentClients.size, servers: userAgentServers.size, dialogs: dialogs.size };
  }

  /** Resolves when every request of ours has its final response, or after `graceMs`. */
  async drained(clock: Clock, graceMs: number): Promise<void> {
    const deadline = clock.now() + graceMs;
    while (this.#isWaiting() && clock.now() < deadline) {
      await new Promise<void>((resolve) => clock.after(drainCheckMs, resolve));
    }
  }

  #isWaiting(): boolean {
    for (const { transaction } of this.agent.userAgentClients.values()) if (pending.has(transaction.state)) return true;
    return false;
  }

  dispose(): void {
    this.#invites.clear();
    this.agent.dispose();
  }

  /** Whether nobody here knows the call that a 2xx to an INVITE of ours answers; a repeated 2xx has its dialog. */
  #isLateAnswer(message: IncomingResponseMessage): boolean {
    const { callId, fromTag, method, statusCode = 0, toTag, viaBranch } = message;
    if (method !== 'INVITE' || statusCode < 200 || statusCode > 299 || !toTag) return false;
    const { callIdPrefix } = this.#settings;
    if (callIdPrefix === '' || !callId.startsWith(callIdPrefix)) return false;
    const { dialogs, userAgentClients } = this.agent;
    return !userAgentClients.has(viaBranch + method) && !dialogs.has(callId + fromTag + toTag);
  }

  /**
   * In place of the library's own inspection of a new request (RFC 3261, 8.2), which answers 404 for any user
   * but its own, follows REFER, and compares each request with all the others to find merged ones.
   */
  #screen(message: IncomingRequestMessage): void {
    const open = this.agent as unknown as OpenCore;
    // Whether somebody may tell us anything is the session's to say: after a REFER of ours.
    const isToldInside = message.method === 'NOTIFY' && Boolean(message.toTag);
    if (!allowed.has(message.method) && !isToldInside) this.#deny(message);
    else if (message.ruri?.scheme !== 'sip') this.#reply(message, 416);
    else if (message.toTag) open.receiveInsideDialogRequest(message);
    else if (message.method === 'OPTIONS') this.#reply(message, 200, [allowHeader, 'Accept: application/sdp']);
    else if (message.method !== 'INVITE') open.receiveOutsideDialogRequest(message);
    else if (!this.#settings.onInvite) this.#reply(message, 403);
    else if (!message.hasHeader('Contact')) this.#reply(message, 400);
    else if (this.#invites.has(mergeKey(message))) this.#reply(message, 482);
    else open.receiveOutsideDialogRequest(message);
  }

  #deny(message: IncomingRequestMessage): void {
    this.#reply(message, message.method === 'REFER' ? 403 : 405, [allowHeader]);
  }

  #reply(message: IncomingRequestMessage, statusCode: number, extraHeaders: string[] = []): void {
    if (message.method !== 'ACK') this.agent.replyStateless(message, { statusCode, extraHeaders });
  }

  #admit(invite: InviteUserAgentServer): void {
    const key = mergeKey(invite.message);
    this.#invites.add(key);
    invite.transaction.addStateChangeListener(() => {
      if (invite.transaction.state === TransactionState.Terminated) this.#invites.delete(key);
    });
    this.#settings.onInvite?.(invite);
  }
}

const pending: ReadonlySet<TransactionState> = new Set([
  TransactionState.Calling,
  TransactionState.Trying,
  TransactionState.Proceeding,
]);

function mergeKey(message: IncomingRequestMessage): string {
  return `${message.callId} ${message.fromTag} ${message.cseq}`;
}
