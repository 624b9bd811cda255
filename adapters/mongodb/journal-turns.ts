/** Whose turn it is: of the calls for one name, each begins when the one before it has ended. */
export class Turns<Call> {
  /** Calls that wait behind the one whose turn it is. */
  readonly #waiting = new Map<string, Call[]>();
  #whenEmpty: (() => void)[] = [];

  /** Whether it is the call's turn at once; otherwise `end` gives it when it is. */
  take(name: string, call: Call): boolean {
    const waiting = this.#waiting.get(name);
    // Nearly always nobody waits, and nothing is made for that.
    if (!waiting) this.#waiting.set(name, none);
    else if (waiting === none) this.#waiting.set(name, [call]);
    else waiting.push(call);
    return !waiting;
  }

  /** The one whose turn it was has ended. The next one, if any. */
  end(name: string): Call | undefined {
    const next = this.#waiting.get(name)?.shift();
    if (next === undefined) this.#waiting.delete(name);
    if (this.#waiting.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
    return next;
  }

  /** Resolves when it is nobody's turn. */
  whenEmpty(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }
}

const none: never[] = [];
