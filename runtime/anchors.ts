/** Actors that are placed on this node and stay on another one, as their journal said when they were loaded. */
export class Anchors {
  readonly #holders = new Map<string, string>();

  /** The life of a node that holds the actor. */
  holderOf(ref: string): string | undefined {
    return this.#holders.get(ref);
  }

  note(ref: string, writer: string): void {
    this.#holders.set(ref, writer);
  }

  forget(ref: string): void {
    this.#holders.delete(ref);
  }

  /** Forgets those that are free again, because their node is lost or they have nothing outstanding. */
  keep(isHeld: (ref: string, writer: string) => boolean): void {
    for (const [ref, writer] of this.#holders) if (!isHeld(ref, writer)) this.#holders.delete(ref);
  }
}
