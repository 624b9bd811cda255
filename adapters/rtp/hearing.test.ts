import { describe, expect, test } from '@jest/globals';
import { Hearing } from './hearing.ts';

const legs = ['ann', 'bob', 'customer', 'boss'];
const all = (hearing: Hearing) => Object.fromEntries(legs.map((leg) => [leg, hearing.heardBy(leg).join(' ')]));
function talking(): Hearing {
  const hearing = new Hearing();
  hearing.bridge('customer', 'ann');
  return hearing;
}

describe('who hears whom', () => {
  test('two who are bridged hear each other, and nobody whom they heard before', () => {
    const hearing = talking();
    expect(all(hearing)).toEqual({ ann: 'customer', bob: '', customer: 'ann', boss: '' });
    hearing.bridge('customer', 'bob');
    expect(all(hearing)).toEqual({ ann: '', bob: 'customer', customer: 'bob', boss: '' });
    hearing.unbridge('bob');
    expect(all(hearing)).toEqual({ ann: '', bob: '', customer: '', boss: '' });
  });

  test('who is held neither hears nor is heard, until retrieved; who is muted hears', () => {
    const hearing = talking();
    hearing.hold('customer');
    expect(all(hearing)).toMatchObject({ ann: '', customer: '' });
    hearing.retrieve('customer');
    hearing.mute('ann', true);
    expect(all(hearing)).toMatchObject({ ann: 'customer', customer: '' });
    hearing.mute('ann', false);
    expect(all(hearing)).toMatchObject({ ann: 'customer', customer: 'ann' });
  });

  test('who waits on hold does not hear the two who speak of them', () => {
    const hearing = talking();
    hearing.hold('customer');
    hearing.bridge('ann', 'bob');
    expect(all(hearing)).toMatchObject({ ann: 'bob', bob: 'ann', customer: '' });
    hearing.bridge('customer', 'bob');
    expect(all(hearing)).toMatchObject({ ann: '', bob: 'customer', customer: 'bob' });
  });

  test('a supervisor hears both, and is heard by nobody, by the agent, or by both', () => {
    const hearing = talking();
    hearing.monitor('boss', 'ann', 'listen');
    expect(all(hearing)).toEqual({ ann: 'customer', bob: '', customer: 'ann', boss: 'ann customer' });
    hearing.monitor('boss', 'ann', 'whisper');
    expect(all(hearing)).toMatchObject({ ann: 'customer boss', customer: 'ann' });
    hearing.monitor('boss', 'ann', 'join');
    expect(all(hearing)).toMatchObject({ ann: 'customer boss', customer: 'ann boss' });
    hearing.unbridge('boss');
    expect(all(hearing)).toEqual({ ann: 'customer', bob: '', customer: 'ann', boss: '' });
  });

  test('a supervisor stays with the agent whoever comes, and hears nobody of one who is gone', () => {
    const hearing = new Hearing();
    hearing.monitor('boss', 'ann', 'listen');
    hearing.bridge('customer', 'ann');
    expect(hearing.heardBy('boss')).toEqual(['ann', 'customer']);
    hearing.remove('customer');
    expect(hearing.heardBy('boss')).toEqual(['ann']);
    hearing.remove('ann');
    expect(hearing.heardBy('boss')).toEqual([]);
  });

  test('around a leg are those whose hearing it may change', () => {
    const hearing = talking();
    hearing.monitor('boss', 'ann', 'listen');
    for (const leg of ['ann', 'customer', 'boss']) {
      expect([...hearing.around(leg)].sort()).toEqual(['ann', 'boss', 'customer']);
    }
    expect(hearing.around('bob')).toEqual(['bob']);
  });
});
