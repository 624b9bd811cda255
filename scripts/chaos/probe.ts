/** Sends commands with events to actors all over the cluster, and remembers which were acknowledged. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { contactProtocol } from '#proto/generated/contact.ts';
import { refOf } from '#runtime/refs.ts';
import type { Runtime } from '#runtime/runtime.ts';

export interface ProbeSetup {
  readonly runtime: Pick<Runtime, 'ask'>;
  readonly actors: number;
  /** Commands a second. */
  readonly rate: number;
}

const tries = 8;
const againMs = 500;
/** While nobody answers no more than so many wait. */
const mostInFlight = 400;

export class Probe {
  /** Actor of each command that was acknowledged, by the command's id. */
  readonly acknowledged = new Map<string, string>();
  /** The actors that it sends to. */
  readonly refs: readonly string[];
  /** Commands that nobody acknowledged, however often they were sent. */
  unacknowledged = 0;
  readonly #setup: ProbeSetup;
  readonly #prefix = randomBytes(6).toString('base64url');
  readonly #inFlight = new Set<Promise<void>>();
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(setup: ProbeSetup) {
    this.#setup = setup;
    this.refs = Array.from({ length: setup.actors }, (_, index) => refOf('contact', idOf(index)));
  }

  start(): void {
    this.#timer = setInterval(() => this.#send(), 1000 / this.#setup.rate);
  }

  /** Sends nothing more; resolves when the last was acknowledged or given up. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
  }

  #send(): void {
    if (this.#inFlight.size >= mostInFlight) return;
    const number = this.#sent++;
    const sent = this.#untilAcknowledged(`${this.#prefix}-${number}`, idOf(number % this.#setup.actors));
    this.#inFlight.add(sent);
    void sent.finally(() => this.#inFlight.delete(sent));
  }

  /** Under the same id each time: the command has its effect once. */
  async #untilAcknowledged(commandId: string, id: string): Promise<void> {
    const command = { type: 'RecordReading', purpose: 'chaos', by: 'chaos' } as const;
    for (let left = tries; left > 0; left -= 1) {
      const answered = await this.#setup.runtime.ask(contactProtocol, id, command, { commandId });
      if (answered.ok) {
        this.acknowledged.set(commandId, refOf('contact', id));
        return;
      }
      await pause(againMs);
    }
    this.unacknowledged += 1;
  }
}

function idOf(index: number): string {
  return `probe-${index}`;
}
