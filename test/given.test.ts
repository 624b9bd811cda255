import { describe, expect, test } from '@jest/globals';
import { type TrunkCommand, type TrunkEvent, type TrunkReply, trunkProtocol } from '#proto/generated/trunk.ts';
import { accept, acceptWith, reject } from '#runtime/decision.ts';
import { setTimer } from '#runtime/effects.ts';
import { given, type Pure } from './given.ts';

interface Channels {
  readonly taken: readonly string[];
}

const channels: Pure<Channels, TrunkCommand, TrunkEvent, TrunkReply> = {
  protocol: trunkProtocol,
  initial: () => ({ taken: [] }),
  decide(state, command, meta) {
    if (command.type !== 'ReserveChannel') return accept();
    if (state.taken.includes(command.callId)) return reject('CHANNEL_TAKEN', 'The call has a channel already.');
    return acceptWith(
      { type: 'RouteGranted', trunkId: meta.actorId },
      { type: 'ChannelReserved', callId: command.callId, atMs: meta.nowMs },
    );
  },
  evolve: (state, event) => (event.type === 'ChannelReserved' ? { taken: [...state.taken, event.callId] } : state),
  react: (_state, event) =>
    event.type === 'ChannelReserved' ? [setTimer('lease', event.atMs + 1, { type: 'ExpireLeases' })] : [],
  resume: () => [],
  isWakeful: (state) => state.taken.length > 0,
};

describe('given / when / then', () => {
  test('tells a story of several commands', () => {
    const story = given(channels, { type: 'ChannelReserved', callId: 'c-1', atMs: 1 })
      .when({ type: 'ReserveChannel', callId: 'c-2' }, { nowMs: 5, actorId: 't-1' })
      .then({ type: 'ChannelReserved', callId: 'c-2', atMs: 5 })
      .thenReply({ type: 'RouteGranted', trunkId: 't-1' })
      .thenEffects(setTimer('lease', 6, { type: 'ExpireLeases' }))
      .when({ type: 'ReserveChannel', callId: 'c-2' })
      .thenRejected('CHANNEL_TAKEN')
      .when({ type: 'ExpireLeases' })
      .then();
    expect(story.state).toEqual({ taken: ['c-1', 'c-2'] });
    expect(story.wakeful).toBe(true);
    expect(story.resumed).toEqual([]);
  });

  test('fails where the events, the code, the reply or the effects are others', () => {
    const taken = given(channels).when({ type: 'ReserveChannel', callId: 'c-1' }, { nowMs: 5 });
    expect(() => taken.then()).toThrow();
    expect(() => taken.thenRejected('CHANNEL_TAKEN')).toThrow();
    expect(() => taken.thenReply({ type: 'RouteGranted', trunkId: 'other' })).toThrow();
    expect(() => taken.thenEffects()).toThrow();
    expect(() => taken.when({ type: 'ReserveChannel', callId: 'c-1' }).then()).toThrow();
  });

  test('fails where a state is changed in place', () => {
    const careless = {
      ...channels,
      evolve(state: Channels) {
        (state.taken as string[]).push('x');
        return state;
      },
    };
    expect(() => given(careless, { type: 'ChannelReserved', callId: 'c-1', atMs: 1 })).toThrow(TypeError);
  });

  test('fails where an event does not survive its bytes', () => {
    const lossy = given({
      ...channels,
      decide: () => accept<TrunkEvent>({ type: 'ChannelReserved', callId: 'c', atMs: 1.5 }),
    });
    expect(() => lossy.when({ type: 'ExpireLeases' })).toThrow();
  });
});
