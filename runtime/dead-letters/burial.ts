/** Keeps commands that no actor could take, wherever it was that they died. */
import type { Clock } from '#ports/clock.ts';
import type { ErrorCode } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { Observer } from '#ports/observer.ts';
import { deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import type { AnyProtocol } from '#runtime/envelopes.ts';
import type { Outbox } from '#runtime/outbox.ts';
import { refOf } from '#runtime/refs.ts';
import { type DeadMail, type Death, letterPosting } from './letter.ts';

export interface BurialOptions {
  readonly nodeId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: Observer | undefined;
  readonly outbox: Pick<Outbox, 'post'>;
}

export class Burial {
  readonly #options: BurialOptions;

  constructor(options: BurialOptions) {
    this.#options = options;
  }

  /** One of the dead letters themselves is lost, or they would fill with each other. */
  bury(
    protocol: AnyProtocol,
    id: string,
    mail: DeadMail,
    death: { readonly code: ErrorCode; readonly message: string; readonly attempts: number },
  ): void {
    const { nodeId, clock, logger, observer, outbox } = this.#options;
    observer?.commandDied?.({ kind: protocol.kind, code: death.code });
    const fields = { actor: refOf(protocol.kind, id), commandId: mail.commandId, code: death.code };
    if (protocol.kind === deadLettersProtocol.kind) {
      logger.error(fields, 'dead letter lost');
      return;
    }
    try {
      const whole: Death = { ...death, atMs: clock.now(), nodeId };
      outbox.post(letterPosting(protocol, id, mail, whole));
    } catch (error) {
      logger.error({ ...fields, err: error }, 'dead letter unreadable');
    }
  }
}
