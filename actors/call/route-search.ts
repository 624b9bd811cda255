/** The search for a channel: a call that was not dialed yet asks its trunk until it gets one, or is to stop asking. */
import type { Clock } from '#ports/clock.ts';
import type { CallCommand } from '#proto/generated/call.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Answered, ExecutorContext } from '#runtime/actor.ts';
import { type Permission, type Permits, type PermitWanted, permits } from './permits.ts';

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
  /** Gives a permit back that was not dialed by, before the next search asks for one. */
  givePermitBack(wanted: PermitWanted, searcher: Searcher): Promise<undefined>;
}

/** A refusal without advice is asked again after this long. */
const routeRetryMs = 1000;
/** How long a call may wait for the same reason before the journal hears of it again. */
const routeNewsMs = 60_000;
/** A trunk that this node has no settings for comes with a change of the configuration, not soon. */
const unknownTrunk = { ok: false, rejection: { code: 'TRUNK_UNKNOWN', message: '', retryAfterMs: 30_000 } } as const;

export function routeSearches(ports: RouteSearchPorts): RouteSearches {
  const permission = permits(ports);
  const running = new Map<string, { readonly stop: () => void; readonly done: Promise<unknown> }>();

  /** One after the other: what the former one gives back is not taken from under the next. */
  async function inTurn<T>(callId: string, stop: () => void, work: () => Promise<T>): Promise<T> {
    const done = Promise.allSettled([running.get(callId)?.done]).then(work);
    const own = { stop, done };
    running.set(callId, own);
    try {
      return await done;
    } finally {
      if (running.get(callId) === own) running.delete(callId);
    }
  }

  return {
    seek(search, searcher) {
      const { actorId } = searcher;
      running.get(actorId)?.stop();
      const stopping = new AbortController();
      const over = AbortSignal.any([ports.gate.closed, stopping.signal, searcher.left]);
      return inTurn(
        actorId,
        () => stopping.abort(),
        () => seekRoute(ports, permission, search, searcher, over),
      );
    },
    stop: (callId) => running.get(callId)?.stop(),
    async givePermitBack(wanted, searcher) {
      const giveBack = () => permission.giveBack(wanted, searcher, ports.clock.now());
      await inTurn(searcher.actorId, () => {}, giveBack);
      return undefined;
    },
  };
}

async function seekRoute(
  { clock, hasTrunk, gate }: RouteSearchPorts,
  permission: Permits,
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
    const said = granted.ok && isInTime() && permit ? await permission.ask(trunkId, permit, searcher) : undefined;
    if (granted.ok && said?.is !== 'unsaid') {
      if (isInTime() && said?.is !== 'refused') {
        return { type: 'TakeRoute', trunkId, ...(said ? { permitted: true } : {}) };
      }
      // The call goes on elsewhere, and asks for the same channel there.
      if (left.aborted) return undefined;
      // It came too late or is not wanted: somebody else may use it.
      await giveBack();
      if (said?.is === 'refused') return { type: 'TakeRefusal', ...said.refusal };
      if (said && permit) await permission.giveBack(permit, searcher, clock.now());
      continue;
    }
    if (said && !left.aborted) await giveBack();
    const { code, retryAfterMs = routeRetryMs } = rejectionOf(granted, said);
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
