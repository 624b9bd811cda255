/**
 * One journal for several processes: the parent opens it and lends it to its children over their pipes. It stands for a
 * database that all nodes share, where there is none, or where it is so slow that it alone would be measured.
 */
import type { ChildProcess } from 'node:child_process';
import type { Journal } from '#ports/journal.ts';

interface Question {
  readonly lent: number;
  readonly method: keyof Journal;
  readonly args: readonly unknown[];
}

interface Reply {
  readonly lent: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Answers a child's questions. The child is forked with `serialization: 'advanced'`, for there are bytes in them. */
export function lend(journal: Journal, child: ChildProcess): void {
  child.on('message', (message: Question) => {
    if (typeof message !== 'object' || !('method' in message)) return;
    const { lent, method, args } = message;
    const ask = journal[method] as (...args: readonly unknown[]) => Promise<unknown>;
    const answer = (reply: Reply) => child.connected && child.send(reply);
    ask.apply(journal, [...args]).then(
      (value) => answer({ lent, value }),
      (error: Error) => answer({ lent, error: error.message }),
    );
  });
}

/** What the parent lends. */
export function borrowed(): Journal {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let count = 0;
  process.on('message', (reply: Reply) => {
    const who = typeof reply === 'object' && waiting.get(reply.lent);
    if (!who) return;
    waiting.delete(reply.lent);
    if (reply.error === undefined) who.resolve(reply.value);
    else who.reject(new Error(reply.error));
  });
  const ask = (method: keyof Journal, args: readonly unknown[]) =>
    new Promise((resolve, reject) => {
      count += 1;
      waiting.set(count, { resolve, reject });
      process.send?.({ lent: count, method, args } satisfies Question);
    });
  return new Proxy({} as Journal, {
    get: (_, method: keyof Journal) =>
      // What is wanted is a function, and stays here.
      method === 'wakefulStreams'
        ? async (wanted: (stream: string) => boolean = () => true) =>
            ((await ask(method, [])) as string[]).filter((stream) => wanted(stream))
        : (...args: readonly unknown[]) => ask(method, args),
  });
}
