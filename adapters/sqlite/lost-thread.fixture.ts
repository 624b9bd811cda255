/** A process whose journal, named on its command line, loses the thread that writes: prints what an append gets then. */
import type { Worker } from 'node:worker_threads';
import { openSqliteJournal } from './journal.ts';

const threads: Worker[] = [];
process.on('worker', (thread) => threads.push(thread));
const journal = await openSqliteJournal({ path: process.argv[2] ?? '' });
await threads[0]?.terminate();
const entry = { stream: 'call/1', version: 1, bytes: new Uint8Array(1), hash: new Uint8Array(32), atMs: 1 };
await journal.append([{ ...entry, wakeful: false, setTimers: [], clearTimers: [] }]).catch((error: unknown) => {
  const { name, code, message } = error as Error & { code: string };
  process.stdout.write(JSON.stringify({ name, code, message }));
});
await journal.close();
