/** Brings each command to its actor: in memory here, not yet in memory, or on another node. */
import type { SteadyClock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import type { Observer } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answer, Envelope } from '#proto/generated/envelope.ts';
import { Activation } from './activation.ts';
import type { Answered, AnyActorDefinition } from './actor.ts';
import { Anchors } from './anchors.ts';
import { Away, type Passage } from './away.ts';
import { type AnyProtocol, envelopeProtocol, fromEnvelope, toAnswer } from './envelopes.ts';
import type { Mail } from './mail.ts';
import { type Nodes, nodeNameOf, type Wait } from './nodes.ts';
import { isActorId, parseRef, refOf } from './refs.ts';
import { actorMoved, commandUnreadable, idInvalid, kindUnknown, nobodyHosts, nodeStopping } from './refusals.ts';
import type { Surroundings } from './surroundings.ts';

/** A kind that this node hosts, and its actors in memory by id. */
export interface Host {
  readonly definition: AnyActorDefinition;
  readonly activations: Map<string, Activation>;
}

export interface RouterOptions {
  readonly nodeId: string;
  readonly nodes: Nodes;
  readonly actors: readonly AnyActorDefinition[];
  /** Every kind that may be addressed. */
  readonly protocols: readonly AnyProtocol[];
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly observer?: Observer;
  readonly surroundings: Surroundings;
}

/** How long another node may take where the sender does not say. */
export const defaultTimeoutMs = 5000;
/** Whoever asked through us has a patience of its own, which is shorter. */
const forwardTimeoutMs = 60_000;
/** Nodes whose views of the cluster differ send a command on at most this often; then its sender looks anew. */
const hopLimit = 3;

export class Router {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly anchors = new Anchors();
  /** Commands from the bus that could not be read, by code. */
  readonly refused = new Map<string, number>();
  readonly #options: RouterOptions;
  readonly #protocols: ReadonlyMap<string, AnyProtocol>;
  readonly #away: Away;
  #closed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.hosts = new Map(
      options.actors.map((definition) => [definition.protocol.kind, { definition, activations: new Map() }]),
    );
    this.#protocols = new Map(
      [...options.protocols, ...options.actors.map(({ protocol }) => protocol)].map((each) => [each.kind, each]),
    );
    this.#away = new Away({
      ...options,
      notHeld: (ref) => this.anchors.forget(ref),
      again: ({ protocol, id, mail, wait, timeoutMs }) => this.route(protocol, id, mail, wait, timeoutMs),
    });
  }

  /** Answers go to `mail.settle`: when the command was decided, or as soon as a mailbox has it. */
  route(protocol: AnyProtocol, id: string, mail: Mail, wait: Wait = 'answer', timeoutMs = defaultTimeoutMs): void {
    const activation = this.hosts.get(protocol.kind)?.activations.get(id);
    if (activation) deliver(activation, mail, wait);
    else this.#routeAnew({ protocol, id, mail, wait, timeoutMs });
  }

  /** The protocol of a kind, hosted here or elsewhere. */
  protocolOf(kind: string): AnyProtocol | undefined {
    return this.#protocols.get(kind);
  }

  /** Sends a command that is encoded already, under its own id. */
  routeEnvelope(envelope: Envelope): Promise<Answered<Tagged>> {
    const { toKind, toId } = envelope;
    const protocol = this.#protocols.get(toKind);
    if (!protocol) return Promise.resolve(kindUnknown(toKind));
    return new Promise((resolve) => {
      const mail = openedMail(protocol, envelope, resolve);
      if (!mail) return resolve(commandUnreadable(refOf(toKind, toId)));
      const { way: _, ...own } = mail;
      this.route(protocol, toId, own);
    });
  }

  /** Takes a command that another node sent here, or sends it on where the actor is elsewhere. */
  receive(envelope: Envelope | undefined): Answer | Promise<Answer> {
    if (!envelope) return this.#refuse(commandUnreadable('an actor'));
    const { protocol: version, toKind, toId, acceptance } = envelope;
    if (version !== envelopeProtocol) return this.#refuse(commandUnreadable(refOf(toKind, toId)), { version });
    const protocol = this.#protocols.get(toKind);
    if (!protocol) return this.#refuse(kindUnknown(toKind));
    if (!isActorId(toId)) return this.#refuse(idInvalid(toKind));
    const wait = acceptance ? 'acceptance' : 'answer';
    let answer: Answer | undefined;
    let resolve = (given: Answer): void => {
      answer ??= given;
    };
    const mail = openedMail(protocol, envelope, (answered) => resolve(toAnswer(protocol, answered)));
    if (!mail) return this.#refuse(commandUnreadable(refOf(toKind, toId)));
    this.#take({ protocol, id: toId, mail, wait, timeoutMs: forwardTimeoutMs });
    // A promise costs as much as the rest, and who answers out of memory has done so by now.
    return (
      answer ??
      new Promise((later) => {
        resolve = later;
      })
    );
  }

  /** Whether an actor that is to be woken is woken here; it may be in memory already. */
  mayWake(ref: string): boolean {
    const parsed = parseRef(ref);
    return parsed !== undefined && !this.#closed && this.isHere(parsed.kind, parsed.id);
  }

  isInMemory(ref: string): boolean {
    const parsed = parseRef(ref);
    return parsed !== undefined && (this.hosts.get(parsed.kind)?.activations.has(parsed.id) ?? false);
  }

  /** Whether an actor is to be here, and is not in memory. */
  isAsleep(ref: string): boolean {
    const parsed = parseRef(ref);
    const host = parsed && this.hosts.get(parsed.kind);
    if (!host || host.activations.has(parsed.id)) return false;
    return this.mayWake(ref) && this.anchors.holderOf(ref) === undefined;
  }

  /** Brings an actor into memory without a command, if it is to be here. */
  wake(ref: string): Activation | undefined {
    const parsed = parseRef(ref);
    const host = parsed && this.hosts.get(parsed.kind);
    return host && this.isAsleep(ref) ? this.#activate(host, parsed.id) : undefined;
  }

  /** All in memory. */
  *activations(): Generator<Activation> {
    for (const { activations } of this.hosts.values()) yield* activations.values();
  }

  /** Whether the actor is placed on this node. */
  isHere(kind: string, id: string): boolean {
    return this.hosts.has(kind) && this.#options.nodes.nodeOf(kind, id) === this.#options.nodeId;
  }

  /** Whether a command for the actor goes into a mailbox of this node. */
  isLocal(kind: string, id: string): boolean {
    const host = this.hosts.get(kind);
    if (!host) return false;
    return host.activations.has(id) || (this.isHere(kind, id) && this.anchors.holderOf(refOf(kind, id)) === undefined);
  }

  /** An activation has left memory; its mail goes where its actor is now. */
  left(activation: Activation, mails: readonly Mail[]): void {
    const { definition, id, ref } = activation;
    const { protocol } = definition;
    const activations = this.hosts.get(protocol.kind)?.activations;
    if (activations?.get(id) === activation) activations.delete(id);
    for (const mail of mails) {
      if (mail.comeBack) mail.comeBack();
      else if (mail.way?.anchored) mail.settle(actorMoved(ref));
      else this.route(protocol, id, mail);
    }
  }

  /** Nothing is brought into memory any more. */
  close(): void {
    this.#closed = true;
  }

  /** From another node. */
  #take(passage: Passage): void {
    const { protocol, id, mail, wait } = passage;
    const { hops, anchored } = mail.way ?? { hops: 0, anchored: false };
    const ref = refOf(protocol.kind, id);
    const host = this.hosts.get(protocol.kind);
    const activation = host?.activations.get(id);
    if (activation) deliver(activation, mail, wait);
    else if (this.#closed) mail.settle(nodeStopping(ref));
    else if (anchored && host) deliver(this.#activate(host, id), mail, wait);
    else if (hops >= hopLimit && !this.isLocal(protocol.kind, id)) mail.settle(actorMoved(ref));
    else this.#routeAnew(passage);
  }

  #routeAnew(passage: Passage): void {
    const { protocol, id, mail, wait } = passage;
    const { kind } = protocol;
    const { nodes, nodeId } = this.#options;
    const ref = refOf(kind, id);
    if (!isActorId(id)) {
      mail.settle(idInvalid(kind));
      return;
    }
    if (this.#closed) {
      mail.settle(nodeStopping(ref));
      return;
    }
    const holder = this.anchors.holderOf(ref);
    if (holder !== undefined) {
      this.#away.send(nodeNameOf(holder), passage, true);
      return;
    }
    const node = nodes.nodeOf(kind, id);
    const host = this.hosts.get(kind);
    if (node === nodeId && host) deliver(this.#activate(host, id), mail, wait);
    else if (node !== undefined) this.#away.send(node, passage, false);
    else mail.settle(this.#protocols.has(kind) ? nobodyHosts(ref) : kindUnknown(kind));
  }

  #activate(host: Host, id: string): Activation {
    const activation = new Activation(host.definition, id, this.#options.surroundings);
    host.activations.set(id, activation);
    return activation;
  }

  /** What came from the bus is no command for anybody here. */
  #refuse({ rejection }: Extract<Answered<Tagged>, { ok: false }>, more = {}): Answer {
    const { code } = rejection;
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
    this.#options.observer?.envelopeRefused?.({ code });
    this.#options.logger.warn({ code, ...more }, 'command from the bus refused');
    return { version: 0, rejection };
  }
}

function deliver(activation: Activation, mail: Mail, wait: Wait): void {
  const taken = activation.receive(mail);
  if (taken && wait === 'acceptance') mail.settle({ ok: true, version: 0 });
}

/** Undefined where the body is no command of the protocol. */
function openedMail(protocol: AnyProtocol, envelope: Envelope, settle: Mail['settle']): Mail | undefined {
  try {
    return fromEnvelope(protocol, envelope, settle);
  } catch {
    return undefined;
  }
}
