/** A node that harm is done to. */
import { setTimeout as after } from 'node:timers/promises';
import type { Fleet } from '#scripts/cluster/fleet.ts';
import type { NodeProcess } from '#scripts/cluster/node-process.ts';
import type { NodeLink } from './node-link.ts';
import type { SteppedClock } from './stepped-clock.ts';

export interface ChaosNodeSetup {
  readonly number: number;
  readonly fleet: Fleet;
  /** Its way to the bus. */
  readonly link: NodeLink;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock?: SteppedClock;
}

/** To hand over and leave, where there is nothing left to wait for. */
const leaveMs = 20_000;

export class ChaosNode {
  readonly name: string;
  readonly #setup: ChaosNodeSetup;
  #process: NodeProcess | undefined;

  constructor(setup: ChaosNodeSetup) {
    this.name = `node-${setup.number}`;
    this.#setup = setup;
  }

  get link(): NodeLink {
    return this.#setup.link;
  }

  get clock(): SteppedClock | undefined {
    return this.#setup.clock;
  }

  async start(): Promise<void> {
    const { number, fleet, link, environment } = this.#setup;
    this.#process = await fleet.start(number, { ...environment, CALLBOARD_NATS_URL: link.url });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.signal(signal);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#process?.exited;
  }

  /** It drains and leaves, or is killed where it does not; resolves with whether it left by itself. */
  async leave(): Promise<boolean> {
    const left = this.#process?.stop().then(() => true) ?? Promise.resolve(true);
    const inTime = new AbortController();
    const late = after(leaveMs, false, { signal: inTime.signal }).catch(() => false);
    const leftByItself = await Promise.race([left, late]);
    inTime.abort();
    if (!leftByItself) await this.kill();
    this.#process = undefined;
    return leftByItself;
  }

  /** Whatever state it is in. */
  async end(): Promise<void> {
    if (!this.#process) return;
    this.signal('SIGCONT');
    await this.kill();
    this.#process = undefined;
  }
}
