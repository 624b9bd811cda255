/** An actor's crashes: what becomes of the command, by its supervision, who hears of it, and when the actor starts again. */
import type { Activation } from './activation.ts';
import { perform } from './consequences.ts';
import type { Mail } from './mail.ts';
import { refusal } from './refusals.ts';
import { Supervisor } from './supervisor.ts';
import type { Surroundings } from './surroundings.ts';

export class Crashes {
  readonly #actor: Activation;
  readonly #around: Surroundings;
  readonly #supervisor: Supervisor;
  #restartInMs: number | undefined;

  constructor(actor: Activation, around: Surroundings) {
    this.#actor = actor;
    this.#around = around;
    this.#supervisor = new Supervisor(actor.definition.supervision);
  }

  /** Whether the actor is to start again: what was decided before the crash is committed first. */
  get isRestartDue(): boolean {
    return this.#restartInMs !== undefined;
  }

  /** One more, on this command or on none. Whether no restart is to come of it. */
  crashed(error: unknown, mail: Mail | undefined): { readonly giveUp: boolean } {
    const { clock, logger } = this.#around;
    const { giveUp, waitMs } = this.#supervisor.crashed(clock.elapsed());
    const { ref } = this.#actor;
    logger.error({ actor: ref, commandId: mail?.commandId, giveUp, err: error }, 'actor crashed');
    if (mail) mail.crashes += 1;
    if (giveUp) this.#escalate(mail);
    if (mail || !giveUp) this.#restartInMs = waitMs;
    return { giveUp };
  }

  /** How long to wait before the restart that is due, ms. */
  takeWaitMs(): number {
    const waitMs = this.#restartInMs ?? 0;
    this.#restartInMs = undefined;
    return waitMs;
  }

  /** The command is kept for people to look at, and its sender hears so. */
  bury(mail: Mail): void {
    const { ref } = this.#actor;
    const message = `${ref} crashes on the command ${mail.commandId}; it is kept in the dead letters.`;
    this.#around.deadLetter(this.#actor, mail, 'ACTOR_CRASHED', message);
    mail.settle(refusal('ACTOR_CRASHED', message));
  }

  /** Whom the actor's kind names hears of it. */
  #escalate(mail: Mail | undefined): void {
    const { clock } = this.#around;
    const { definition, id } = this.#actor;
    const { correlationId = '', commandId = `load@${clock.now()}` } = mail ?? {};
    const effects = definition.escalate?.(id, { commandId, code: 'ACTOR_CRASHED' }) ?? [];
    perform(this.#actor, this.#around, { correlationId, causationId: '' }, effects);
  }
}
