/** Brings each command to its actor: in memory here, not yet in memory, or on another node. */
import type { Logger } from '#ports/logger.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answer, Envelope } from '#proto/generated/envelope.ts';
import { Activation } from './activation.ts';
import type { Answered, AnyActorDefinition } from './actor.ts';
import { type AnyProtocol, envelopeProtocol, fromAnswer, fromEnvelope, toAnswer, toEnvelope } from './envelopes.ts';
import type { Mail } from './mail.ts';
import type { Nodes, Wait } from './nodes.ts';
import { isActorId, parseRef, refOf } from './refs.ts';
import { askTimeout, commandUnreadable, idInvalid, kindUnknown, nodeStopping, nodeUnreachable } from './refusals.ts';
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
  readonly logger: Logger;
  readonly surroundings: Surroundings;
}

/** How long another node may take where the sender does not say. */
export const defaultTimeoutMs = 5000;

export class Router {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly #options: RouterOptions;
  readonly #protocols: ReadonlyMap<string, AnyProtocol>;
  #closed = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.hosts = new Map(
      options.actors.map((definition) => [definition.protocol.kind, { definition, activations: new Map() }]),
    );
    this.#protocols = new Map(
      [...options.protocols, ...options.actors.map(({ protocol }) => protocol)].map((each) => [each.kind, each]),
    );
  }

  /** Answers go to `mail.settle`: when the command was decided, or as soon as a mailbox has it. */
  route(protocol: AnyProtocol, id: string, mail: Mail, wait: Wait = 'answer', timeoutMs = defaultTimeoutMs): void {
    const activation = this.hosts.get(protocol.kind)?.activations.get(id);
    if (activation) deliver(activation, mail, wait);
    else this.#routeAnew(protocol, id, mail, wait, timeoutMs);
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
    return opened(protocol, envelope, (mail) => this.route(protocol, toId, mail));
  }

  /** Takes a command that another node placed here. It is never sent on: two views of the cluster could play ball. */
  async receive(envelope: Envelope, wait: Wait): Promise<Answer> {
    const { protocol: version, toKind, toId } = envelope;
    const host = this.hosts.get(toKind);
    if (!host) return { version: 0, rejection: kindUnknown(toKind).rejection };
    const ref = refOf(toKind, toId);
    if (version !== envelopeProtocol) return { version: 0, rejection: commandUnreadable(ref).rejection };
    if (!isActorId(toId)) return { version: 0, rejection: idInvalid(toKind).rejection };
    if (this.#closed) return { version: 0, rejection: nodeStopping(ref).rejection };
    const { protocol } = host.definition;
    const answered = await opened(protocol, envelope, (mail) => {
      deliver(host.activations.get(toId) ?? this.#activate(host, toId), mail, wait);
    });
    return toAnswer(protocol, answered);
  }

  /** Brings an actor into memory without a command, if it is placed here. */
  wake(ref: string): Activation | undefined {
    const parsed = parseRef(ref);
    if (!parsed || this.#closed || !this.isHere(parsed.kind, parsed.id)) return undefined;
    const host = this.hosts.get(parsed.kind);
    return host && (host.activations.get(parsed.id) ?? this.#activate(host, parsed.id));
  }

  /** All in memory. */
  *activations(): Generator<Activation> {
    for (const { activations } of this.hosts.values()) yield* activations.values();
  }

  isHere(kind: string, id: string): boolean {
    return this.hosts.has(kind) && this.#options.nodes.nodeOf(kind, id) === this.#options.nodeId;
  }

  /** An activation has left memory; its mail goes where its actor is now. */
  left(activation: Activation, mails: readonly Mail[]): void {
    const { definition, id } = activation;
    const { kind } = definition.protocol;
    const activations = this.hosts.get(kind)?.activations;
    if (activations?.get(id) === activation) activations.delete(id);
    for (const mail of mails) this.route(definition.protocol, id, mail);
  }

  /** Nothing is brought into memory any more. */
  close(): void {
    this.#closed = true;
  }

  #routeAnew(protocol: AnyProtocol, id: string, mail: Mail, wait: Wait, timeoutMs: number): void {
    const { kind } = protocol;
    const { nodes, nodeId } = this.#options;
    if (!isActorId(id)) {
      mail.settle(idInvalid(kind));
      return;
    }
    if (this.#closed) {
      mail.settle(nodeStopping(refOf(kind, id)));
      return;
    }
    const node = nodes.nodeOf(kind, id);
    const host = this.hosts.get(kind);
    if (node === nodeId && host) deliver(this.#activate(host, id), mail, wait);
    else if (node === undefined) mail.settle(kindUnknown(kind));
    else void this.#sendAway(node, protocol, id, mail, wait, timeoutMs);
  }

  #activate(host: Host, id: string): Activation {
    const activation = new Activation(host.definition, id, this.#options.surroundings);
    host.activations.set(id, activation);
    return activation;
  }

  async #sendAway(node: string, protocol: AnyProtocol, id: string, mail: Mail, wait: Wait, timeoutMs: number) {
    const ref = refOf(protocol.kind, id);
    let envelope: Envelope;
    try {
      envelope = toEnvelope(protocol, id, mail);
    } catch {
      mail.settle(commandUnreadable(ref));
      return;
    }
    try {
      const answer = await this.#options.nodes.send(node, envelope, wait, timeoutMs);
      mail.settle(fromAnswer(protocol, answer));
    } catch (error) {
      this.#options.logger.warn({ actor: ref, node, commandId: mail.commandId, err: error }, 'node did not answer');
      const timedOut = (error as { name?: unknown } | null)?.name === 'RequestTimeoutError';
      mail.settle(timedOut ? askTimeout(ref, timeoutMs) : nodeUnreachable(ref));
    }
  }
}

function deliver(activation: Activation, mail: Mail, wait: Wait): void {
  const taken = activation.receive(mail);
  if (taken && wait === 'acceptance') mail.settle({ ok: true, version: 0 });
}

function opened(protocol: AnyProtocol, envelope: Envelope, send: (mail: Mail) => void): Promise<Answered<Tagged>> {
  return new Promise((resolve) => {
    let mail: Mail;
    try {
      mail = fromEnvelope(protocol, envelope, resolve);
    } catch {
      resolve(commandUnreadable(refOf(envelope.toKind, envelope.toId)));
      return;
    }
    send(mail);
  });
}
