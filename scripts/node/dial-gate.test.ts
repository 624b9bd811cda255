import { describe, expect, test } from '@jest/globals';
import { type DialGate, openGate, shutGate } from './dial-gate.ts';

/** Which of the calls are let through at once, or when the gate is turned. */
async function through(gate: DialGate, turn: () => void = () => {}): Promise<string[]> {
  const admitted: string[] = [];
  for (const callId of ['a.1.1', 'a.2.1', 'a.1.3.1', 'b.1.1']) {
    void gate.admit(callId).then((may) => may && admitted.push(callId));
  }
  turn();
  await new Promise(setImmediate);
  return admitted;
}

describe('a gate', () => {
  test('lets through all, none, one campaign, or one call of it', async () => {
    expect(await through(openGate())).toEqual(['a.1.1', 'a.2.1', 'a.1.3.1', 'b.1.1']);
    const gate = shutGate();
    expect(await through(gate)).toEqual([]);
    gate.openForOne('a');
    expect(await through(gate)).toEqual(['a.1.1']);
    gate.open('a');
    expect(await through(gate)).toEqual(['a.1.1', 'a.2.1']);
    gate.open('a.1');
    expect(await through(gate)).toEqual(['a.1.3.1']);
  });

  test('lets go at once who may go when it is turned', async () => {
    const gate = shutGate();
    expect(await through(gate, () => gate.open('b'))).toEqual(['b.1.1']);
  });

  test('sends away who waits when it closes, and who comes after', async () => {
    const gate = shutGate();
    const waiting = gate.admit('a.1.1');
    gate.close();
    expect([await waiting, await gate.admit('a.1.1'), gate.closed.aborted]).toEqual([false, false, true]);
  });
});
