/**
 * How calls travel to the thread that writes: many in one buffer, because posting an object for each of them costs
 * more than writing it. Both ends are this process, so the layout is nobody else's business.
 */
import type { NewEntry, StoredSnapshot } from '#ports/journal.ts';

/** What an entry carries besides its stream and version. */
export type EntryBody = Omit<NewEntry, 'stream' | 'version'>;

/** What a batch can ask for. */
export type JournalCall =
  | { readonly type: 'append'; readonly stream: string; readonly version: number; readonly entries: EntryBody[] }
  | { readonly type: 'snapshot'; readonly stream: string; readonly snapshot: StoredSnapshot }
  | { readonly type: 'settle'; readonly stream: string; readonly key: string; readonly atMs: number };

const append = 1;
const snapshot = 2;
const settle = 3;

const firstBytes = 64 * 1024;
/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const utf8PerUnit = 3;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Gathers calls until they are taken as one buffer. The caller's bytes are copied at once. */
export class BatchWriter {
  /** Calls gathered since the last take. */
  calls = 0;
  #bytes = new Uint8Array(firstBytes);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** Bytes gathered since the last take. */
  get size(): number {
    return this.#at;
  }

  /** The entries are of one stream and consecutive. */
  append(stream: string, version: number, entries: readonly NewEntry[]): void {
    this.#begin(append, stream);
    this.#number(version);
    this.#count(entries.length);
    for (const entry of entries) {
      this.#number(entry.atMs);
      this.#count(entry.wakeful ? 1 : 0);
      this.#blob(entry.hash);
      this.#blob(entry.bytes);
      this.#count(entry.clearTimers.length);
      for (const key of entry.clearTimers) this.#text(key);
      this.#count(entry.setTimers.length);
      for (const timer of entry.setTimers) {
        this.#text(timer.key);
        this.#number(timer.atMs);
        this.#blob(timer.command);
      }
    }
  }

  snapshot(stream: string, kept: StoredSnapshot): void {
    this.#begin(snapshot, stream);
    this.#number(kept.version);
    this.#number(kept.schema);
    this.#blob(kept.bytes);
  }

  settle(stream: string, key: string, atMs: number): void {
    this.#begin(settle, stream);
    this.#text(key);
    this.#number(atMs);
  }

  /** A buffer of their own for the calls gathered, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#at);
    if (this.#bytes.length > 16 * firstBytes) this.#grow(firstBytes);
    this.#at = 0;
    this.calls = 0;
    return taken;
  }

  #begin(kind: number, stream: string): void {
    this.calls += 1;
    this.#count(kind);
    this.#text(stream);
  }

  #count(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  #number(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  #blob(bytes: Uint8Array): void {
    this.#count(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #text(text: string): void {
    this.#reserve(4 + text.length * utf8PerUnit);
    if (this.#ascii(text)) return;
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#at + 4));
    this.#view.setUint32(this.#at, written, true);
    this.#at += 4 + written;
  }

  /** Nearly all texts are: cheaper by hand. False, with nothing written, where one is not. */
  #ascii(text: string): boolean {
    const { length } = text;
    const from = this.#at + 4;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) return false;
      this.#bytes[from + index] = unit;
    }
    this.#view.setUint32(this.#at, length, true);
    this.#at = from + length;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const before = this.#bytes;
    this.#grow(Math.max(needed, 2 * before.length));
    this.#bytes.set(before.subarray(0, this.#at));
  }

  #grow(length: number): void {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
  }
}

/** The calls of a buffer in order. Their bytes are views of it. */
export function* callsOf(buffer: Uint8Array): Generator<JournalCall> {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let at = 0;
  while (at < buffer.length) {
    const kind = count();
    const stream = text();
    if (kind === append) {
      const version = number();
      yield { type: 'append', stream, version, entries: list(entry) };
    } else if (kind === snapshot) {
      yield { type: 'snapshot', stream, snapshot: { version: number(), schema: number(), bytes: blob() } };
    } else {
      yield { type: 'settle', stream, key: text(), atMs: number() };
    }
  }

  // Members are read in the order in which they stand here, which is the order in which they were written.
  function entry(): EntryBody {
    return {
      atMs: number(),
      wakeful: count() === 1,
      hash: blob(),
      bytes: blob(),
      clearTimers: list(text),
      setTimers: list(() => ({ key: text(), atMs: number(), command: blob() })),
    };
  }

  function list<T>(read: () => T): T[] {
    const length = count();
    const items: T[] = [];
    for (let index = 0; index < length; index += 1) items.push(read());
    return items;
  }

  function count(): number {
    at += 4;
    return view.getUint32(at - 4, true);
  }

  function number(): number {
    at += 8;
    return view.getFloat64(at - 8, true);
  }

  function blob(): Uint8Array {
    const length = count();
    at += length;
    return buffer.subarray(at - length, at);
  }

  function text(): string {
    return decoder.decode(blob());
  }
}
