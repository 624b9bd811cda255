/** The calls that are live on a node, and how they are ended when it stops. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SteadyClock } from '#ports/clock.ts';
import { callProtocol } from '#proto/generated/call.ts';
import type { Fleet } from '#runtime/operations/fleet.ts';
import { mostListed } from '#runtime/operations/operations.ts';
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
 * Hangs up the live calls of a campaign on whichever node they are. The id of a call begins with that of its campaign.
 * A node that does not answer keeps its calls.
 */
export async function hangUpCampaign(
  { fleet, runtime }: { readonly fleet: Pick<Fleet, 'activations'>; readonly runtime: Pick<Runtime, 'ask'> },
  campaignId: string,
  by: string,
): Promise<void> {
  const { actors } = await fleet.activations({ kind: 'call', limit: mostListed });
  const ids = actors.map(({ id }) => id).filter((id) => id.startsWith(`${campaignId}.`));
  await hangUp(runtime, by, await liveAmong(runtime, ids));
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
  return liveAmong(
    runtime,
    calls.map(({ id }) => id),
  );
}

async function liveAmong(runtime: Pick<Runtime, 'ask'>, ids: readonly string[]): Promise<readonly string[]> {
  const described = await Promise.all(
    ids.map(async (id) => {
      const answered = await runtime.ask(callProtocol, id, { type: 'DescribeCall' });
      return answered.ok && livePhases.has(answered.reply?.phase ?? '') ? [id] : [];
    }),
  );
  return described.flat();
}

async function hangUp(runtime: Pick<Runtime, 'ask'>, by: string, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => runtime.ask(callProtocol, id, { type: 'HangUp', by })));
}
