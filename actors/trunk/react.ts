/** What a trunk does besides answering: it watches its gateway, and its leases, while calls are on it. */
import type { TrunkCommand, TrunkEvent } from '#proto/generated/trunk.ts';
import { type Effect, run, startTicking, stopTicking } from '#runtime/effects.ts';
import { channelsInUse, type TrunkState } from './state.ts';

const leaseCheckMs = 10_000;

export function react(state: TrunkState, event: TrunkEvent): readonly Effect<TrunkCommand>[] {
  switch (event.type) {
    case 'ChannelReserved':
      return channelsInUse(state) === 1 ? watch(`watch:${event.atMs}`) : [];
    case 'ChannelReleased':
    case 'ChannelLeaseExpired':
      return isWakeful(state) ? [] : unwatch(`unwatch:${event.callId}`);
    case 'TrunkConfigured':
      return isWakeful(state) ? [] : unwatch('unwatch:configured');
    case 'TrunkWentUp':
      return isWakeful(state) ? [] : unwatch(`unwatch:${event.atMs}`);
    default:
      return [];
  }
}

/** After a crash the word of a call that gave its channel back may be lost: those that hold one are asked. */
export function resume(state: TrunkState): readonly Effect<TrunkCommand>[] {
  if (!isWakeful(state)) return [];
  return [...watch('watch:resume'), run('review-leases', { callIds: Object.keys(state.leases) }, 'review:resume')];
}

/** Calls hold channels, or the gateway is silent and somebody must notice when it is back. */
export function isWakeful(state: TrunkState): boolean {
  return channelsInUse(state) > 0 || state.healthy === false;
}

function watch(key: string): readonly Effect<TrunkCommand>[] {
  return [run('watch-health', {}, key), startTicking('leases', leaseCheckMs, { type: 'ExpireLeases' })];
}

function unwatch(key: string): readonly Effect<TrunkCommand>[] {
  return [run('unwatch-health', {}, key), stopTicking('leases')];
}
