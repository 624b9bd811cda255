/** Which numbers a list has had so far, and in which row: a hash table in two arrays, 24 bytes a number at most. */

const firstSize = 1 << 12;
/** Knuth's multiplicative hashing (The Art of Computer Programming, vol. 3, 6.4): 2^32 divided by the golden ratio. */
const golden = 0x9e3779b1;

export class SeenNumbers {
  /** Digits of numbers; 0 is an empty place. E.164 has 15 digits at most, which a double holds exactly. */
  #digits = new Float64Array(firstSize);
  #rows = new Uint32Array(firstSize);
  #count = 0;

  /** The row in which an E.164 number came first; undefined, and from now on this one, where it had not come yet. */
  rowOf(e164: string, row: number): number | undefined {
    const digits = Number(e164.slice(1));
    const at = this.#placeOf(digits);
    if (this.#digits[at] === digits) return this.#rows[at];
    this.#digits[at] = digits;
    this.#rows[at] = row;
    this.#count += 1;
    // At three quarters full the next free place is still near.
    if (this.#count * 4 > this.#digits.length * 3) this.#grow();
    return undefined;
  }

  #placeOf(digits: number): number {
    const last = this.#digits.length - 1;
    const mixed = Math.imul((digits % 2 ** 32) ^ (digits / 2 ** 32), golden);
    let at = (mixed >>> 8) & last;
    while (this.#digits[at] !== 0 && this.#digits[at] !== digits) at = (at + 1) & last;
    return at;
  }

  #grow(): void {
    const [digits, rows] = [this.#digits, this.#rows];
    this.#digits = new Float64Array(digits.length * 2);
    this.#rows = new Uint32Array(rows.length * 2);
    for (const [at, each] of digits.entries()) {
      if (each === 0) continue;
      const place = this.#placeOf(each);
      this.#digits[place] = each;
      this.#rows[place] = rows[at] ?? 0;
    }
  }
}
