/** A node's own words for its public record: that it is here, that it has nothing left, that it leaves. */
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import { type NodeCommand, nodeProtocol } from '#proto/generated/node.ts';
import type { NodeLoad } from '#runtime/operations/operations.ts';
import { isPassing } from '#runtime/refusals.ts';
import type { Runtime } from '#runtime/runtime.ts';

export interface PresenceOptions {
  readonly runtime: Pick<Runtime, 'ask' | 'self'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly facts: Pick<NodeLoad, 'node' | 'roles' | 'version' | 'weight'>;
}

/** Whoever keeps the record may not be there yet, or be moving. */
const againMs = { first: 250, most: 5000 };
const leaveTimeoutMs = 1000;

export class Presence {
  readonly #options: PresenceOptions;
  #left = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Told until it is recorded; nothing waits for it. */
  started(): void {
    const { roles, version, weight } = this.#options.facts;
    const life = this.#options.runtime.self;
    void this.#report({ type: 'ReportStart', life, roles: [...roles], version, weight }, `start:${life}`);
  }

  drained(order: number): void {
    void this.#report({ type: 'ReportDrained', order }, `drained:${order}:${this.#options.runtime.self}`);
  }

  /** Told once, before the runtime stops: a record that nobody can keep now says so with the next start. */
  async leave(): Promise<void> {
    this.#left = true;
    const { runtime, facts, logger } = this.#options;
    const life = runtime.self;
    const told = await runtime.ask(
      nodeProtocol,
      facts.node,
      { type: 'ReportLeave', life },
      { commandId: `leave:${life}`, sender: `node:${facts.node}`, timeoutMs: leaveTimeoutMs },
    );
    if (!told.ok) logger.warn({ node: facts.node, code: told.rejection.code }, 'leaving not recorded');
  }

  async #report(command: NodeCommand, commandId: string, waitMs = againMs.first): Promise<void> {
    if (this.#left) return;
    const { runtime, clock, logger, facts } = this.#options;
    const told = await runtime.ask(nodeProtocol, facts.node, command, { commandId, sender: `node:${facts.node}` });
    if (told.ok || this.#left) return;
    const { code } = told.rejection;
    if (isPassing(told)) {
      clock.after(waitMs, () => void this.#report(command, commandId, Math.min(waitMs * 2, againMs.most)));
    } else {
      logger.error({ node: facts.node, code }, 'presence not recorded');
    }
  }
}
