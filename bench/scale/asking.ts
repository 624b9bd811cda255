/** A process of `npm run bench -- scale`: hosts its share of the actors, and asks those of all when it is told to. */
import { command, echo } from '#bench/cluster/echo.ts';
import { startBenchNode } from '#bench/cluster/node.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';

export interface AskingSetup {
  readonly name: string;
  readonly natsUrl: string;
  readonly namespace: string;
}

/** What is told: how long to ask. */
export interface AskingOrder {
  readonly forMs: number;
}

/** What came of it. */
export interface Asked {
  readonly asks: number;
  readonly cpuMs: number;
}

const actorCount = 3000;
const inFlight = 100;

const setup = JSON.parse(process.argv[2] ?? '') as AskingSetup;
const { runtime } = await startBenchNode({ ...setup, hosts: { actor: echo, journal: new MemoryJournal() } });
process.on('message', async ({ forMs }: AskingOrder) => {
  const before = process.cpuUsage();
  const endsAt = performance.now() + forMs;
  let asks = 0;
  const asker = async () => {
    while (performance.now() < endsAt) {
      // A step that shares no factor with their number, so that all have their turn.
      const id = `spring-sale.${(asks * 7) % actorCount}.1`;
      asks += 1;
      const answered = await runtime.ask(callProtocol, id, command);
      if (!answered.ok) throw new Error(answered.rejection.message);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, asker));
  const { user, system } = process.cpuUsage(before);
  process.send?.({ asks, cpuMs: (user + system) / 1000 } satisfies Asked);
});
process.send?.('ready');
