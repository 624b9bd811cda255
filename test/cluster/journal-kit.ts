/** What tests of the journal in MongoDB share. */
import { createHash } from 'node:crypto';
import { codeOf } from '#ports/errors.ts';
import type { Journal, NewEntry, StoredEntry } from '#ports/journal.ts';

/** An entry whose bytes say who wrote it. */
export function entry(stream: string, version: number, more: Partial<NewEntry> = {}, by = ''): NewEntry {
  const bytes = new TextEncoder().encode(`${stream}@${version} ${by}`);
  const hash = new Uint8Array(createHash('sha256').update(bytes).digest());
  return { stream, version, bytes, hash, atMs: version, wakeful: false, setTimers: [], clearTimers: [], ...more };
}

/** STREAM@VERSION of entries. */
export function names(entries: readonly StoredEntry[]): string[] {
  return entries.map(({ stream, version }) => `${stream}@${version}`);
}

/** Everything in the journal's order, in pages. */
export async function everything(journal: Pick<Journal, 'readAll'>, limit = 256): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for (;;) {
    const page = await journal.readAll(entries.at(-1)?.position ?? '', limit);
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

/** Appends again and again until the journal is there, as an actor does. How often it was not. */
export async function appendInTheEnd(journal: Journal, entries: readonly NewEntry[]): Promise<number> {
  for (let failures = 0; ; failures += 1) {
    try {
      await journal.append(entries);
      return failures;
    } catch (error) {
      if (codeOf(error) !== 'JOURNAL_UNAVAILABLE') throw error;
    }
  }
}

/** Follows a journal until so many entries were handed over. */
export function follower(journal: Journal, after = '') {
  const seen: StoredEntry[] = [];
  let told = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  const subscription = journal.subscribe(
    after,
    (entries) => {
      seen.push(...entries);
      told.resolve();
      told = Promise.withResolvers();
    },
    failed.reject,
  );
  return {
    seen,
    async has(count: number): Promise<void> {
      while (seen.length < count) await Promise.race([told.promise, failed.promise]);
    },
    stop: () => subscription.stop(),
  };
}

/** Streams whose entries are not 1, 2, 3 … in the order in which they stand. */
export function outOfOrder(entries: readonly StoredEntry[]): string[] {
  const last = new Map<string, number>();
  const wrong: string[] = [];
  for (const { stream, version } of entries) {
    if (version !== (last.get(stream) ?? 0) + 1) wrong.push(`${stream}@${version}`);
    last.set(stream, version);
  }
  return wrong;
}
