/** Lets practice agents work: they sign in, and do after each talk what their script has. */
import type { Clock } from '#ports/clock.ts';
import type { Journal, Subscription } from '#ports/journal.ts';
import { type AgentCommand, type AgentEvent, agentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { commit } from '#proto/generated/envelope.ts';
import type { Runtime } from '#runtime/runtime.ts';
import { behaviourOf } from './behaviour.ts';

export interface PracticeShift {
  /** No agent begins anything any more. */
  stop(): Promise<void>;
}

export interface ShiftOptions {
  readonly runtime: Pick<Runtime, 'ask'>;
  readonly journal: Pick<Journal, 'subscribe' | 'head'>;
  readonly clock: Pick<Clock, 'after'>;
  /** Every wait of theirs is multiplied by it. */
  readonly timeScale: number;
  readonly seed: number;
  /** By agent: where the phone is. */
  readonly phones: ReadonlyMap<string, string>;
  readonly campaigns: readonly string[];
  readonly onError: (error: unknown) => void;
}

const sender = 'practice agents';

/** Resolves when all have begun to sign in; they are ready as soon as their phones are answered. */
export async function beginShift(options: ShiftOptions): Promise<PracticeShift> {
  const { runtime, journal, clock, timeScale, seed, phones, campaigns, onError } = options;
  const talks = new Map<string, number>();
  const waiting = new Set<() => void>();
  const tell = (agentId: string, command: AgentCommand) => runtime.ask(agentProtocol, agentId, command, { sender });
  const later = (ms: number, work: () => Promise<unknown>) => {
    const cancel = clock.after(ms * timeScale, () => {
      waiting.delete(cancel);
      work().catch(onError);
    });
    waiting.add(cancel);
  };

  const heard = (agentId: string, event: AgentEvent): void => {
    if (event.type !== 'TalkEnded') return;
    const talk = (talks.get(agentId) ?? 0) + 1;
    talks.set(agentId, talk);
    const { wrapUpMs, disposition, breakMs } = behaviourOf(seed, agentId, talk);
    later(wrapUpMs, async () => {
      await tell(agentId, { type: 'DisposeCall', disposition });
      if (breakMs === 0) return tell(agentId, { type: 'BecomeReady' });
      later(breakMs, () => tell(agentId, { type: 'BecomeReady' }));
      return tell(agentId, { type: 'TakeBreak', reason: 'tea' });
    });
  };

  const subscription: Subscription = journal.subscribe(
    await journal.head(),
    async (entries) => {
      for (const { stream, bytes } of entries) {
        const agentId = stream.startsWith('agent/') ? stream.slice('agent/'.length) : '';
        if (!phones.has(agentId)) continue;
        for (const event of commit.decode(bytes).events) heard(agentId, agentEvent.decode(event));
      }
    },
    onError,
  );
  for (const [agentId, phoneUri] of phones) {
    const profile = { phoneUri, skills: [], languages: [], campaigns };
    await tell(agentId, { type: 'ConfigureAgent', profile });
    await tell(agentId, { type: 'SignIn' });
  }
  return {
    async stop() {
      for (const cancel of waiting) cancel();
      waiting.clear();
      await subscription.stop();
    },
  };
}
