/** Every carrier's gateway: its limits, how busy it is, whether it lives. */

import { defineProjection, type EventMeta } from '#projections/projection.ts';
import { type TrunkEvent, trunkEvent } from '#proto/generated/trunk.ts';

export interface TrunkDocument {
  readonly uri: string;
  readonly maxChannels: number;
  readonly callsPerSecond: number;
  readonly channelsInUse: number;
  /** Channels given since the beginning. */
  readonly granted: number;
  /** Channels that no call gave back. */
  readonly expired: number;
  /** up, down, or unknown until the first ping came back. */
  readonly health: string;
  /** Of the ping that last changed its health; 0: nothing came back. */
  readonly sipStatus: number;
  readonly roundTripMs: number;
  readonly changedAtMs: number;
}

const initial: TrunkDocument = {
  uri: '',
  maxChannels: 0,
  callsPerSecond: 0,
  channelsInUse: 0,
  granted: 0,
  expired: 0,
  health: 'unknown',
  sipStatus: 0,
  roundTripMs: 0,
  changedAtMs: 0,
};

/** The document after an event. */
export function apply(
  document: TrunkDocument = initial,
  event: TrunkEvent,
  { atMs }: Pick<EventMeta, 'atMs'>,
): TrunkDocument {
  return { ...changed(document, event), changedAtMs: atMs };
}

function changed(document: TrunkDocument, event: TrunkEvent): TrunkDocument {
  switch (event.type) {
    case 'TrunkConfigured': {
      const { uri, maxChannels, callsPerSecond } = event;
      return { ...document, uri, maxChannels, callsPerSecond, health: 'unknown' };
    }
    case 'ChannelReserved':
      return { ...document, channelsInUse: document.channelsInUse + 1, granted: document.granted + 1 };
    case 'ChannelReleased':
      return { ...document, channelsInUse: document.channelsInUse - 1 };
    case 'ChannelLeaseExpired':
      return { ...document, channelsInUse: document.channelsInUse - 1, expired: document.expired + 1 };
    case 'TrunkWentUp':
      return { ...document, health: 'up', sipStatus: event.sipStatus, roundTripMs: event.roundTripMs };
    case 'TrunkWentDown':
      return { ...document, health: 'down', sipStatus: event.sipStatus };
    default:
      return document;
  }
}

export const trunks = defineProjection<TrunkDocument, TrunkEvent>({
  name: 'trunks',
  schema: 1,
  kind: 'trunk',
  event: trunkEvent,
  fields: {
    uri: 'text',
    maxChannels: 'number',
    callsPerSecond: 'number',
    channelsInUse: 'number',
    granted: 'number',
    expired: 'number',
    health: 'text',
    sipStatus: 'number',
    roundTripMs: 'number',
    changedAtMs: 'number',
  },
  indexes: [],
  apply,
});
