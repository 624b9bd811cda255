/** Actors and mailboxes of this node, counted when somebody looks. */
import { Gauge, type Registry } from 'prom-client';

/** What is known of an actor in memory. */
export interface ActorInMemory {
  readonly kind: string;
  /** Commands that wait. */
  readonly mailboxDepth: number;
}

export function actorFigures(registry: Registry, actors: () => readonly ActorInMemory[]): void {
  const byKind = (name: string, help: string, add: (sum: number, depth: number) => number): void => {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers: [registry],
      collect: () => {
        const sums = new Map<string, number>();
        for (const { kind, mailboxDepth } of actors()) sums.set(kind, add(sums.get(kind) ?? 0, mailboxDepth));
        gauge.reset();
        for (const [kind, sum] of sums) gauge.set({ kind }, sum);
      },
    });
  };
  byKind('callboard_actors_in_memory', 'Actors in memory.', (sum) => sum + 1);
  byKind('callboard_mailbox_depth', 'Commands that wait in mailboxes.', (sum, depth) => sum + depth);
  byKind('callboard_mailbox_depth_max', 'Commands that wait in the fullest mailbox.', Math.max);
}
