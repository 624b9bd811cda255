import { expect, test } from '@jest/globals';
import { openGate, shutGate } from './dial-gate.ts';

test('a gate lets through all, none, one campaign, or one call of it', () => {
  expect(openGate().mayDial('a.1.1')).toBe(true);
  const gate = shutGate();
  const through = () => ['a.1.1', 'a.2.1', 'a.1.3.1', 'b.1.1'].filter((callId) => gate.mayDial(callId));
  expect(through()).toEqual([]);
  gate.openForOne('a');
  expect([through(), through()]).toEqual([['a.1.1'], ['a.1.1']]);
  gate.open('a');
  expect(through()).toEqual(['a.1.1', 'a.2.1']);
  gate.open('a.1');
  expect(through()).toEqual(['a.1.3.1']);
  gate.shut();
  expect(through()).toEqual([]);
});
