/** The calls that are live on a node, and how they are ended when it stops. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SteadyClock } from '#ports/clock.ts';
import { callProtocol } from '#proto/generated/call.ts';
import type { Runtime } from '#runtime/runtime.ts';

/** Dialed and not over yet; `closing` waits for its recording only. */
const livePhases: ReadonlySet<string> = new Set(['dialing', 'ringing', 'talking', 'ending', 'closing']);
const lookEveryMs = 50;

type Actors = Pick<Runtime, 'ask' | 'activations'>;

/** Hangs up all that were dialed. Calls that were not stay as they are: the next start goes on with them. */
export async function hangUpAll(runtime: Actors, by: string): Promise<void> {
  await hangUp(runtime, by, await liveCalls(runtime));
}

/**
 * Hangs up every live call and waits, for `graceMs` at most, until each has its outcome and its recording in the
 * journal: once the actors are gone, nobody hears how a call ended.
 */
export async function endCalls(runtime: Actors, by: string, clock: SteadyClock, graceMs: number): Promise<void> {
  const untilMs = clock.elapsed() + graceMs;
  const asked = new Set<string>();
  for (;;) {
    const live = await liveCalls(runtime);
    if (live.length === 0 || clock.elapsed() >= untilMs) return;
    // A call may have been dialed just now.
    const unasked = live.filter((id) => !asked.has(id));
    for (const id of unasked) asked.add(id);
    await hangUp(runtime, by, unasked);
    await pause(lookEveryMs);
  }
}

/** Ids of the calls that were dialed and whose end is not in the journal yet. */
export async function liveCalls(runtime: Actors): Promise<readonly string[]> {
  const calls = runtime.activations().filter(({ kind }) => kind === 'call');
  const described = await Promise.all(
    calls.map(async ({ id }) => {
      const answered = await runtime.ask(callProtocol, id, { type: 'DescribeCall' });
      return answered.ok && livePhases.has(answered.reply?.phase ?? '') ? [id] : [];
    }),
  );
  return described.flat();
}

async function hangUp(runtime: Actors, by: string, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => runtime.ask(callProtocol, id, { type: 'HangUp', by })));
}
