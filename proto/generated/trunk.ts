// Generated from proto/trunk.proto by npm run proto. Do not edit.
import { type Codec, codec, type Protocol } from '#proto/codec.ts';

export type TrunkCommand =
  | ({ readonly type: 'ConfigureTrunk' } & ConfigureTrunk)
  | ({ readonly type: 'ReserveChannel' } & ReserveChannel)
  | ({ readonly type: 'ReleaseChannel' } & ReleaseChannel)
  | ({ readonly type: 'ReportHealth' } & ReportHealth)
  | ({ readonly type: 'ExpireLeases' } & ExpireLeases)
  | ({ readonly type: 'DescribeTrunk' } & DescribeTrunk);

/** Makes the trunk known, or changes its limits. Credentials stay in the configuration. */
export interface ConfigureTrunk {
  /** sip:HOST[:PORT] (RFC 3261, 19.1). */
  readonly uri: string;
  /** Calls at once, 1 or more. */
  readonly maxChannels: number;
  /** New calls a second, more than 0; may be a fraction. */
  readonly callsPerSecond: number;
  /** A channel that nobody gave back is free again after this long. */
  readonly leaseMs: number;
}

/** Asks for a channel for one call. Asking again for the same call gives the same channel. */
export interface ReserveChannel {
  readonly callId: string;
}

/** Gives a channel back. A call that has none is no error. */
export interface ReleaseChannel {
  readonly callId: string;
}

/** What an OPTIONS ping found (RFC 3261, 11). */
export interface ReportHealth {
  readonly healthy: boolean;
  /** 0: nothing came back in time. */
  readonly sipStatus: number;
  readonly roundTripMs: number;
}

/** Sent by a timer: free the channels whose lease has run out. */
export interface ExpireLeases {}

/** Asks for the trunk's state. Journals nothing. */
export interface DescribeTrunk {}

export type TrunkEvent =
  | ({ readonly type: 'TrunkConfigured' } & TrunkConfigured)
  | ({ readonly type: 'ChannelReserved' } & ChannelReserved)
  | ({ readonly type: 'ChannelReleased' } & ChannelReleased)
  | ({ readonly type: 'TrunkWentUp' } & TrunkWentUp)
  | ({ readonly type: 'TrunkWentDown' } & TrunkWentDown)
  | ({ readonly type: 'ChannelLeaseExpired' } & ChannelLeaseExpired);

export interface TrunkConfigured {
  readonly uri: string;
  readonly maxChannels: number;
  readonly callsPerSecond: number;
  readonly leaseMs: number;
}

export interface ChannelReserved {
  readonly callId: string;
  readonly atMs: number;
}

export interface ChannelReleased {
  readonly callId: string;
}

/** The first sign of life, or the first after a silence. */
export interface TrunkWentUp {
  readonly sipStatus: number;
  readonly roundTripMs: number;
  readonly atMs: number;
}

export interface TrunkWentDown {
  readonly sipStatus: number;
  readonly atMs: number;
}

/** A call never gave its channel back. */
export interface ChannelLeaseExpired {
  readonly callId: string;
  readonly atMs: number;
}

export type TrunkReply =
  | ({ readonly type: 'RouteGranted' } & RouteGranted)
  | ({ readonly type: 'TrunkDescribed' } & TrunkDescribed);

/** A channel is the call's until it is released or its lease runs out. */
export interface RouteGranted {
  readonly trunkId: string;
}

export interface TrunkDescribed {
  readonly uri: string;
  readonly maxChannels: number;
  readonly callsPerSecond: number;
  readonly channelsInUse: number;
  /** Absent until the first ping came back. */
  readonly healthy?: boolean;
  readonly roundTripMs: number;
}

export const trunkCommand: Codec<TrunkCommand> = codec('callboard.trunk.v1.TrunkCommand');

export const trunkEvent: Codec<TrunkEvent> = codec('callboard.trunk.v1.TrunkEvent');

export const trunkReply: Codec<TrunkReply> = codec('callboard.trunk.v1.TrunkReply');

/** What can be said to a trunk actor, and what it can say. */
export const trunkProtocol: Protocol<TrunkCommand, TrunkEvent, TrunkReply> = {
  kind: 'trunk',
  command: trunkCommand,
  event: trunkEvent,
  reply: trunkReply,
};
