/** What a trunk knows: its limits, who holds its channels, whether it lives. */
import type { ConfigureTrunk, TrunkEvent } from '#proto/generated/trunk.ts';

export interface TrunkState {
  readonly settings?: ConfigureTrunk;
  /** When each call took its channel. */
  readonly leases: Readonly<Record<string, number>>;
  /** When the newest channels were taken, oldest first, no more than the rate limit looks back on. */
  readonly recentGrants: readonly number[];
  /** Absent until the first ping came back. */
  readonly healthy?: boolean;
  readonly roundTripMs: number;
}

export function initial(): TrunkState {
  return { leases: {}, recentGrants: [], roundTripMs: 0 };
}

/** The rate limit as a window: at most `grants` in any `windowMs`. A rate under 1 is one grant a longer window. */
export function rateWindow(callsPerSecond: number): { readonly grants: number; readonly windowMs: number } {
  const grants = Math.max(1, Math.floor(callsPerSecond));
  return { grants, windowMs: (grants * 1000) / callsPerSecond };
}

export function channelsInUse(state: TrunkState): number {
  return Object.keys(state.leases).length;
}

export function evolve(state: TrunkState, event: TrunkEvent): TrunkState {
  switch (event.type) {
    case 'TrunkConfigured': {
      const { type: _, ...settings } = event;
      const { healthy: __, ...rest } = state;
      return { ...rest, settings };
    }
    case 'ChannelReserved': {
      const { grants } = rateWindow(state.settings?.callsPerSecond ?? 1);
      return {
        ...state,
        leases: { ...state.leases, [event.callId]: event.atMs },
        recentGrants: [...state.recentGrants, event.atMs].slice(-grants),
      };
    }
    case 'ChannelReleased':
    case 'ChannelLeaseExpired': {
      const { [event.callId]: _, ...leases } = state.leases;
      return { ...state, leases };
    }
    case 'TrunkWentUp':
      return { ...state, healthy: true, roundTripMs: event.roundTripMs };
    case 'TrunkWentDown':
      return { ...state, healthy: false };
  }
}
