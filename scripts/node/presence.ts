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
  #starts = 0;
  #leaving = false;
  #hasLeft = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /**
   * Told until it is recorded; nothing waits for it. Once more when it was away for the others, who may have forgotten it.
   */
  started(): void {
    const { roles, version, weight } = this.#options.facts;
    this.#starts += 1;
    const life = this.#options.runtime.self;
    void this.#report(
      { type: 'ReportStart', life, roles: [...roles], version, weight },
      `start:${life}${this.#starts > 1 ? `:${this.#starts}` : ''}`,
    );
  }

  drained(order: number): void {
    void this.#report({ type: 'ReportDrained', order }, `drained:${order}:${this.#options.runtime.self}`);
  }

  /**
   * Told as soon as the node has been told to leave: where all leave at once, nobody can keep a record later. If it is
   * not recorded then, it is tried once more when its runtime stops; else the next start says it.
   */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (this.#hasLeft) return;
    const { runtime, facts, logger } = this.#options;
    const life = runtime.self;
    const told = await runtime.ask(
      nodeProtocol,
      facts.node,
      { type: 'ReportLeave', life },
      { commandId: `leave:${life}`, sender: `node:${facts.node}`, timeoutMs: leaveTimeoutMs },
    );
    this.#hasLeft = told.ok;
    if (!told.ok) logger.warn({ node: facts.node, code: told.rejection.code }, 'leaving not recorded');
  }

  async #report(command: NodeCommand, commandId: string, waitMs = againMs.first): Promise<void> {
    if (this.#leaving) return;
    const { runtime, clock, logger, facts } = this.#options;
    const told = await runtime.ask(nodeProtocol, facts.node, command, { commandId, sender: `node:${facts.node}` });
    if (told.ok || this.#leaving) return;
    const { code } = told.rejection;
    if (isPassing(told)) {
      clock.after(waitMs, () => void this.#report(command, commandId, Math.min(waitMs * 2, againMs.most)));
    } else {
      logger.error({ node: facts.node, code }, 'presence not recorded');
    }
  }
}
