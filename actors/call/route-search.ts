/** The search for a channel: a call that was not dialed yet asks its trunk until it gets one, or is to stop asking. */
import type { Clock } from '#ports/clock.ts';
import type { CallCommand } from '#proto/generated/call.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Answered, ExecutorContext } from '#runtime/actor.ts';
import { type AskPermit, type Permission, type PermitWanted, permits } from './permits.ts';

/** Holds calls back that are not to be dialed now. */
export interface Gate {
  /** Whether the call may be dialed now. */
  admits(callId: string): boolean;
  /** Resolves with true when the call may be dialed; with false when this node will not dial it any more. */
  admit(callId: string): Promise<boolean>;
  /** Aborts when this node dials nothing any more: it stops. */
  readonly closed: AbortSignal;
}

export interface RouteSearchPorts {
  readonly clock: Clock;
  /** Whether this node has been given the trunk's settings: without them a call waits, it does not fail. */
  readonly hasTrunk: (trunkId: string) => boolean;
  /** Whether calls over a trunk show a number to those called. */
  readonly showsNumber: (trunkId: string) => boolean;
  readonly gate: Gate;
}

export interface SeekRoute {
  readonly trunkId: string;
  readonly notBeforeMs: number;
  /** Why there was no channel the last time, as the journal has it. */
  readonly knownCode: string;
  /** What the contact is asked once there is a channel; absent: nothing, as there are no rules. */
  readonly permit?: PermitWanted;
}

/** What of an executor's context a search needs. */
export type Searcher = Pick<ExecutorContext<CallCommand>, 'actorId' | 'ask' | 'left'>;

export interface RouteSearches {
  /**
   * Asks the trunk until it gives a channel; a call has one search at a time, the newest. Only news comes back:
   * another reason to wait, or that it is still the same one after a while.
   */
  seek(search: SeekRoute, searcher: Searcher): Promise<CallCommand | undefined>;
  /** Asks no more for the call. */
  stop(callId: string): void;
}

/** A refusal without advice is asked again after this long. */
const routeRetryMs = 1000;
/** How long a call may wait for the same reason before the journal hears of it again. */
const routeNewsMs = 60_000;
/** A trunk that this node has no settings for comes with a change of the configuration, not soon. */
const unknownTrunk = { ok: false, rejection: { code: 'TRUNK_UNKNOWN', message: '', retryAfterMs: 30_000 } } as const;

export function routeSearches(ports: RouteSearchPorts): RouteSearches {
  const askPermit = permits(ports);
  const running = new Map<string, { readonly stop: () => void; readonly found: Promise<unknown> }>();
  return {
    async seek(search, searcher) {
      const { actorId } = searcher;
      const former = running.get(actorId);
      former?.stop();
      const stopping = new AbortController();
      const over = AbortSignal.any([ports.gate.closed, stopping.signal, searcher.left]);
      // One after the other: a channel that the former one gives back is not taken from under the next.
      const found = Promise.allSettled([former?.found]).then(() => seekRoute(ports, askPermit, search, searcher, over));
      const own = { stop: () => stopping.abort(), found };
      running.set(actorId, own);
      try {
        return await found;
      } finally {
        if (running.get(actorId) === own) running.delete(actorId);
      }
    },
    stop: (callId) => running.get(callId)?.stop(),
  };
}

async function seekRoute(
  { clock, hasTrunk, gate }: RouteSearchPorts,
  askPermit: AskPermit,
  { trunkId, notBeforeMs, knownCode, permit }: SeekRoute,
  searcher: Searcher,
  over: AbortSignal,
): Promise<CallCommand | undefined> {
  const { actorId, ask, left } = searcher;
  const giveBack = () => ask(trunkProtocol, trunkId, { type: 'ReleaseChannel', callId: actorId });
  await until(clock, notBeforeMs, over);
  let newsAtMs: number | undefined;
  while (await unless(over, gate.admit(actorId))) {
    newsAtMs ??= clock.now() + routeNewsMs;
    const granted = hasTrunk(trunkId)
      ? await ask(trunkProtocol, trunkId, { type: 'ReserveChannel', callId: actorId })
      : unknownTrunk;
    const isInTime = () => gate.admits(actorId) && !over.aborted;
    const permission = granted.ok && isInTime() && permit ? await askPermit(trunkId, permit, searcher) : undefined;
    if (granted.ok && permission?.is !== 'unsaid') {
      if (isInTime() && permission?.is !== 'refused') {
        return { type: 'TakeRoute', trunkId, ...(permission ? { permitted: true } : {}) };
      }
      // The call goes on elsewhere, and asks for the same channel there.
      if (left.aborted) return undefined;
      // It came too late or is not wanted: somebody else may use it.
      await giveBack();
      if (permission?.is === 'refused') return { type: 'TakeRefusal', ...permission.refusal };
      continue;
    }
    if (permission && !left.aborted) await giveBack();
    const { code, retryAfterMs = routeRetryMs } = rejectionOf(granted, permission);
    // Spread a little, so that calls which were refused together do not come back together.
    const waitMs = Math.ceil(retryAfterMs * (1 + Math.random() / 4));
    const isNews = code !== knownCode || clock.now() >= newsAtMs;
    if (isNews && !over.aborted) return { type: 'AwaitRoute', code, retryAfterMs: waitMs };
    await until(clock, clock.now() + waitMs, over);
  }
  return undefined;
}

/** Why there is no route: the trunk's reason, or that nobody could say whether the contact may be called. */
function rejectionOf(
  granted: Answered<unknown>,
  permission: Permission | undefined,
): { readonly code: string; readonly retryAfterMs?: number } {
  if (permission?.is === 'unsaid') return permission;
  return granted.ok ? { code: '' } : granted.rejection;
}

/** False as soon as it is over. */
async function unless(over: AbortSignal, admitted: Promise<boolean>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const stop = (): void => resolve(false);
  over.addEventListener('abort', stop, { once: true });
  const isAdmitted = !over.aborted && (await Promise.race([admitted, promise]));
  over.removeEventListener('abort', stop);
  return isAdmitted && !over.aborted;
}

/** Waits, but not longer than the signal lets it. */
function until(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  const waitMs = atMs - clock.now();
  if (waitMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      cancel();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const cancel = clock.after(waitMs, over);
    signal.addEventListener('abort', over);
  });
}
