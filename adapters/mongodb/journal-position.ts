/**
 * How far a reader has come. Several writers write at once, so a place in the journal is a place for each of them: the
 * documents of one writer are numbered without a gap, and appear in that order. As text: `BASE;WRITER:SEQUENCE;…`,
 * where all writers up to BASE have ended and were read to their end, and `WRITER:-` is another such.
 */
import type { Position } from '#ports/journal.ts';

/** Where a document stands. */
export interface Place {
  readonly writer: number;
  readonly sequence: number;
}

interface Reached {
  /** Of the last document that was given whole. */
  readonly sequence: number;
  /** Commits that were given of the next one. */
  readonly part: number;
}

const beginning: Reached = { sequence: 0, part: 0 };
/** What was read of a writer that ended. */
const whole: Reached = { sequence: Number.POSITIVE_INFINITY, part: 0 };
const grammar = /^\d+(;\d+:(-|\d+(\.\d+)?))*$/;

export class ReaderPlace {
  #base: number;
  readonly #reached: Map<number, Reached>;

  private constructor(base: number, reached: Map<number, Reached>) {
    this.#base = base;
    this.#reached = reached;
  }

  /** @throws TypeError on text that is no position of such a journal. */
  static parse(position: Position): ReaderPlace {
    if (position === '') return new ReaderPlace(0, new Map());
    if (!grammar.test(position))
      throw new TypeError('This is no position of a journal in MongoDB; begin at the start.');
    const [base, ...places] = position.split(';');
    const reached = new Map<number, Reached>();
    for (const place of places) {
      const [writer, at = ''] = place.split(':');
      const [sequence, part = 0] = at.split('.');
      reached.set(Number(writer), at === '-' ? whole : { sequence: Number(sequence), part: Number(part) });
    }
    return new ReaderPlace(Number(base), reached);
  }

  /** All writers up to this one were read to their end. */
  get base(): number {
    return this.#base;
  }

  /** The last document of a writer that was given whole; infinite where the writer has ended and was read. */
  sequenceOf(writer: number): number {
    return this.#of(writer).sequence;
  }

  /** Commits that were given of the document after it. */
  partOf(writer: number): number {
    return this.#of(writer).part;
  }

  /** Whether a document was given. */
  has({ writer, sequence }: Place): boolean {
    return this.sequenceOf(writer) >= sequence;
  }

  /** Writers above the base of which something was read. */
  writers(): Iterable<number> {
    return this.#reached.keys();
  }

  /** Up to a document, and so many commits of the next. */
  reach(writer: number, sequence: number, part = 0): void {
    if (writer > this.#base && (sequence > 0 || part > 0)) this.#reached.set(writer, { sequence, part });
  }

  /** All of a writer that has ended. */
  end(writer: number): void {
    if (writer > this.#base) this.#reached.set(writer, whole);
    while (this.#reached.get(this.#base + 1) === whole) {
      this.#base += 1;
      this.#reached.delete(this.#base);
    }
  }

  /** What stands before and after a writer's own part in the text of this place. */
  around(writer: number): readonly [before: string, after: string] {
    const others = [...this.#reached].filter(([other]) => other !== writer).sort(([left], [right]) => left - right);
    const text = (places: typeof others) => places.map(([other, at]) => `;${other}:${textOf(at)}`).join('');
    return [
      `${this.#base}${text(others.filter(([other]) => other < writer))};${writer}:`,
      text(others.filter(([other]) => other > writer)),
    ];
  }

  toString(): Position {
    const [first] = this.#reached.keys();
    if (first === undefined) return this.#base === 0 ? '' : String(this.#base);
    const [before, after] = this.around(first);
    return before + textOf(this.#of(first)) + after;
  }

  /**
   * Whether a reader at this place was given all that one at the other was. `endOf`: the last document with commits of
   * a writer that has ended; undefined where that is not known.
   */
  covers(other: ReaderPlace, endOf: (writer: number) => number | undefined): boolean {
    const covered = (writer: number, { sequence, part }: Reached) => {
      const mine = this.#of(writer);
      const needed = sequence === Number.POSITIVE_INFINITY ? (endOf(writer) ?? sequence) : sequence;
      return mine.sequence > needed || (mine.sequence === needed && mine.part >= part);
    };
    for (let writer = this.#base + 1; writer <= other.#base; writer += 1) {
      if (!covered(writer, whole)) return false;
    }
    return [...other.#reached].every(([writer, reached]) => covered(writer, reached));
  }

  #of(writer: number): Reached {
    return writer <= this.#base ? whole : (this.#reached.get(writer) ?? beginning);
  }
}

function textOf({ sequence, part }: Reached): string {
  if (sequence === Number.POSITIVE_INFINITY) return '-';
  return part === 0 ? String(sequence) : `${sequence}.${part}`;
}
