/** Reads the journal beside the process that writes it, and remembers every commit, to hold the journal to it later. */
import { setTimeout as pause } from 'node:timers/promises';
import * as call from '#actors/call/state.ts';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import type { JournalReader, Position, StoredEntry } from '#ports/journal.ts';
import { type CallEnded, callEvent } from '#proto/generated/call.ts';
import { commit } from '#proto/generated/envelope.ts';
import { kinds } from '#scripts/kinds.ts';

/** The events of one commit by their types, and whose they are. */
export interface SeenCommit {
  readonly kind: string;
  readonly id: string;
  readonly types: readonly string[];
}

const page = 1000;
/** SQLite tells nobody outside of its process of a commit: a reader has to look. */
const lookEveryMs = 5;

export class Witness {
  readonly #path: string;
  readonly #hashes = new Map<string, string>();
  #position: Position = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** How many commits it has seen. */
  get commits(): number {
    return this.#hashes.size;
  }

  /** Resolves with the commit in which the nth event of a type comes, counted from what was seen before. */
  async untilEvent(type: string, nth: number, signal: AbortSignal): Promise<SeenCommit | undefined> {
    const journal = await openSqliteJournalReader({ path: this.#path });
    try {
      for (let left = nth; !signal.aborted; await pause(lookEveryMs)) {
        for (const seen of await this.#look(journal)) {
          left -= seen.types.filter((each) => each === type).length;
          if (left <= 0) return seen;
        }
      }
      return undefined;
    } finally {
      await journal.close();
    }
  }

  /** Looks at the whole journal again; every commit that it has ever seen must be there, unchanged. */
  async confront(): Promise<{
    missing: string[];
    calls: Map<string, call.CallState>;
    ended: Map<string, CallEnded[]>;
  }> {
    const journal = await openSqliteJournalReader({ path: this.#path });
    const found = new Map<string, string>();
    const calls = new Map<string, call.CallState>();
    const ended = new Map<string, CallEnded[]>();
    this.#position = '';
    for (;;) {
      const entries = await journal.readAll(this.#position, page);
      for (const entry of entries) {
        found.set(nameOf(entry), hashOf(entry));
        if (!entry.stream.startsWith('call/')) continue;
        for (const bytes of commit.decode(entry.bytes).events) {
          const event = callEvent.decode(bytes);
          calls.set(entry.stream, call.evolve(calls.get(entry.stream) ?? call.initial(), event));
          if (event.type === 'CallEnded') ended.set(entry.stream, [...(ended.get(entry.stream) ?? []), event]);
        }
      }
      if (entries.length === 0) break;
      this.#position = entries.at(-1)?.position ?? this.#position;
    }
    await journal.close();
    const missing = [...this.#hashes].filter(([name, hash]) => found.get(name) !== hash).map(([name]) => name);
    for (const [name, hash] of found) this.#hashes.set(name, hash);
    return { missing, calls, ended };
  }

  async #look(journal: JournalReader): Promise<SeenCommit[]> {
    const entries = await journal.readAll(this.#position, page);
    this.#position = entries.at(-1)?.position ?? this.#position;
    return entries.map((entry) => {
      this.#hashes.set(nameOf(entry), hashOf(entry));
      const [kind = '', id = ''] = entry.stream.split('/', 2);
      const protocol = kinds.find((each) => each.protocol.kind === kind)?.protocol;
      const events = protocol ? commit.decode(entry.bytes).events.map((bytes) => protocol.event.decode(bytes)) : [];
      return { kind, id, types: events.map(({ type }) => type) };
    });
  }
}

function nameOf({ stream, version }: StoredEntry): string {
  return `${stream}@${version}`;
}

function hashOf({ hash }: StoredEntry): string {
  return Buffer.from(hash).toString('hex');
}
