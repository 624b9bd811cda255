/** Who hears whom among bridged legs, whatever the media plane is made of: each adapter and each fake runs this suite. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Media } from './media.ts';

/** A media plane under test with a connected leg of each name, whose far sides all talk. */
export interface HearingBench {
  readonly media: Media;
  /** Path of something that can be played. */
  readonly music: string;
  /** Path of something that cannot. */
  readonly noMusic: string;
  /** The names that each far side hears now, in the order of the legs, a space between. */
  hearing(): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** Runs the suite; `create` makes a plane with such legs. */
export function mediaHearingContract(name: string, create: (legs: readonly string[]) => Promise<HearingBench>): void {
  describe(`who hears whom in ${name}`, () => {
    let bench: HearingBench | undefined;

    afterEach(async () => {
      await bench?.media.shutdown();
      await bench?.stop();
      bench = undefined;
    });

    async function among(...legs: string[]): Promise<HearingBench> {
      bench = await create(legs);
      return bench;
    }

    test('two who are bridged hear each other, and nobody after they are parted', async () => {
      const { media, hearing } = await among('customer', 'agent');
      expect(await hearing()).toEqual({ customer: '', agent: '' });
      await media.bridge('customer', 'agent');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer' });
      await media.unbridge('agent');
      expect(await hearing()).toEqual({ customer: '', agent: '' });
      await media.bridge('agent', 'customer');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer' });
    });

    test('who is held neither hears nor is heard, until retrieved; who is muted hears', async () => {
      const { media, music, noMusic, hearing } = await among('customer', 'agent');
      await media.bridge('customer', 'agent');
      await expect(media.hold('customer', noMusic)).rejects.toMatchObject({ code: 'PROMPT_UNREADABLE' });
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer' });
      await media.hold('customer', music);
      expect(await hearing()).toEqual({ customer: '', agent: '' });
      await Promise.all([media.hold('customer', music), media.retrieve('customer')]);
      await media.mute('agent', true);
      expect(await hearing()).toEqual({ customer: '', agent: 'customer' });
      await media.mute('agent', false);
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer' });
    });

    test('a supervisor listens, whispers to the agent alone, joins, and goes', async () => {
      const { media, hearing } = await among('customer', 'agent', 'boss');
      await media.bridge('customer', 'agent');
      await media.monitor('boss', 'agent', 'listen');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer', boss: 'customer agent' });
      await media.monitor('boss', 'agent', 'whisper');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer boss', boss: 'customer agent' });
      await media.monitor('boss', 'agent', 'join');
      expect(await hearing()).toEqual({ customer: 'agent boss', agent: 'customer boss', boss: 'customer agent' });
      await media.unbridge('boss');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer', boss: '' });
    });

    test('a supervisor stays with the agent, whoever comes and goes', async () => {
      const { media, hearing } = await among('customer', 'agent', 'boss');
      await media.monitor('boss', 'agent', 'listen');
      expect(await hearing()).toEqual({ customer: '', agent: '', boss: 'agent' });
      await media.bridge('customer', 'agent');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer', boss: 'customer agent' });
      await media.unbridge('customer');
      expect(await hearing()).toEqual({ customer: '', agent: '', boss: 'agent' });
    });

    test('a customer is handed from one agent to another, who have spoken before', async () => {
      const { media, music, hearing } = await among('customer', 'ann', 'bob');
      await media.bridge('customer', 'ann');
      await media.hold('customer', music);
      await media.bridge('ann', 'bob');
      expect(await hearing()).toEqual({ customer: '', ann: 'bob', bob: 'ann' });
      await media.bridge('customer', 'bob');
      expect(await hearing()).toEqual({ customer: 'bob', ann: '', bob: 'customer' });
    });

    test('who is closed is heard no more, and a bridge with nobody is none', async () => {
      const { media, hearing } = await among('customer', 'agent', 'other');
      await media.bridge('customer', 'agent');
      await media.bridge('customer', 'nobody');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer', other: '' });
      await media.close('agent');
      expect(await hearing()).toMatchObject({ customer: '', other: '' });
      await media.bridge('customer', 'other');
      expect(await hearing()).toMatchObject({ customer: 'other', other: 'customer' });
    });

    test('a prompt goes before what the other says', async () => {
      const { media, music, hearing } = await among('customer', 'agent');
      await media.bridge('customer', 'agent');
      await media.play('customer', 'p', music);
      expect(await hearing()).toEqual({ customer: '', agent: 'customer' });
      await media.stopPlaying('customer');
      expect(await hearing()).toEqual({ customer: 'agent', agent: 'customer' });
    });
  });
}
