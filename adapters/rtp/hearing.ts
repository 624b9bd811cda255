/** Who hears whom among the legs of a node. Pure: by names, without a packet. */
import type { MonitorMode } from '#ports/media.ts';

interface Monitor {
  readonly legId: string;
  readonly mode: MonitorMode;
}

export class Hearing {
  readonly #partners = new Map<string, string>();
  readonly #held = new Set<string>();
  readonly #muted = new Set<string>();
  /** By the supervisor's leg. */
  readonly #monitors = new Map<string, Monitor>();

  /** The two hear each other, and nobody else. */
  bridge(legA: string, legB: string): void {
    for (const legId of [legA, legB]) this.#part(legId);
    this.#partners.set(legA, legB).set(legB, legA);
  }

  /** Neither hears the other any more; nor does a supervisor hear anybody. */
  unbridge(legId: string): void {
    this.#part(legId);
  }

  hold(legId: string): void {
    this.#held.add(legId);
  }

  retrieve(legId: string): void {
    this.#held.delete(legId);
  }

  mute(legId: string, muted: boolean): void {
    if (muted) this.#muted.add(legId);
    else this.#muted.delete(legId);
  }

  /** The supervisor hears the leg and whoever is bridged with it, also those who are later. */
  monitor(supervisorLeg: string, legId: string, mode: MonitorMode): void {
    this.#part(supervisorLeg);
    this.#monitors.set(supervisorLeg, { legId, mode });
  }

  /** The leg is gone. */
  remove(legId: string): void {
    this.#part(legId);
    this.#muted.delete(legId);
    for (const [supervisor, { legId: attended }] of this.#monitors) {
      if (attended === legId) this.#monitors.delete(supervisor);
    }
  }

  /** Whom a leg hears now. */
  heardBy(legId: string): readonly string[] {
    if (this.#held.has(legId)) return [];
    const heard = new Set<string>();
    const partner = this.#partners.get(legId);
    if (partner !== undefined) heard.add(partner);
    for (const [supervisor, { legId: attended, mode }] of this.#monitors) {
      const other = this.#partners.get(attended);
      if (supervisor === legId) for (const each of [attended, other]) if (each !== undefined) heard.add(each);
      if (attended === legId && mode !== 'listen') heard.add(supervisor);
      if (other === legId && mode === 'join') heard.add(supervisor);
    }
    return [...heard].filter((each) => !this.#held.has(each) && !this.#muted.has(each));
  }

  /** The leg and all whose hearing may change when something happens to it. */
  around(legId: string): readonly string[] {
    const attended = this.#monitors.get(legId)?.legId;
    const talkers = [legId, attended].flatMap((each) => (each === undefined ? [] : [each, this.#partners.get(each)]));
    const around = new Set(talkers.filter((each) => each !== undefined));
    for (const [supervisor, monitor] of this.#monitors) if (around.has(monitor.legId)) around.add(supervisor);
    return [...around];
  }

  #part(legId: string): void {
    const partner = this.#partners.get(legId);
    if (partner !== undefined) this.#partners.delete(partner);
    this.#partners.delete(legId);
    this.#held.delete(legId);
    this.#monitors.delete(legId);
  }
}
