import { describe, expect, test } from '@jest/globals';
import { newContactId, sameKey, sealingFrom } from './sealing.ts';

const secret = '0f'.repeat(32);
const wang = { number: '+8613800001234', name: '王小明', attributes: { city: '上海' } };

describe('sealing', () => {
  test('opens what it sealed', () => {
    const sealing = sealingFrom(secret);
    expect(sealing.open('c1', sealing.seal('c1', wang))).toEqual(wang);
  });

  test('shows nothing of the person, and seals the same person differently each time', () => {
    const sealing = sealingFrom(secret);
    const [one, other] = [sealing.seal('c1', wang), sealing.seal('c1', wang)];
    for (const bytes of Object.values(one)) expect(Buffer.from(bytes).includes('13800001234')).toBe(false);
    expect(Buffer.from(one.sealed).equals(other.sealed)).toBe(false);
    expect(Buffer.from(one.wrappedKey).equals(other.wrappedKey)).toBe(false);
  });

  test('does not open for another contact, nor after a bit was changed, nor under another secret', () => {
    const sealing = sealingFrom(secret);
    const kept = sealing.seal('c1', wang);
    expect(() => sealing.open('c2', kept)).toThrow();
    for (const part of ['wrappedKey', 'sealed'] as const) {
      for (const at of [0, 12, kept[part].length - 1]) {
        const changed = Buffer.from(kept[part]);
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
        expect(() => sealing.open('c1', { ...kept, [part]: changed })).toThrow();
      }
    }
    expect(() => sealingFrom('1f'.repeat(32)).open('c1', kept)).toThrow();
  });

  test('seals a person again under the key that the contact has, and notes under it too', () => {
    const sealing = sealingFrom(secret);
    const note = { noteId: 'n-1', text: 'likes tea', callId: 'c.1.1', by: 'agent/ann' };
    const { wrappedKey } = sealing.seal('c1', wang);
    const sealed = sealing.sealNote('c1', wrappedKey, note);
    const again = sealing.seal('c1', { ...wang, name: 'Wang' }, wrappedKey);
    expect(again.wrappedKey).toEqual(wrappedKey);
    expect(sealing.open('c1', again).name).toBe('Wang');
    expect(sealing.openNote('c1', again.wrappedKey, { noteId: 'n-1', sealed })).toEqual(note);
    expect(Buffer.from(sealed).includes('tea')).toBe(false);
    expect(() => sealing.openNote('c1', wrappedKey, { noteId: 'n-2', sealed })).toThrow();
    expect(() => sealing.openNote('c1', sealing.seal('c1', wang).wrappedKey, { noteId: 'n-1', sealed })).toThrow();
  });

  test('hashes and key checks differ by secret', () => {
    const [one, other] = [sealingFrom(secret), sealingFrom('1f'.repeat(32))];
    expect(Buffer.from(one.hashOf(wang.number)).equals(other.hashOf(wang.number))).toBe(false);
    expect(one.markOf('a')).toBe(sealingFrom(secret).markOf('a'));
    expect(one.markOf('a')).not.toBe(other.markOf('a'));
    expect(Buffer.from(one.hashOf(wang.number)).toString('hex')).not.toContain(one.markOf(wang.number));
    expect(sameKey(one.keyCheck, sealingFrom(secret).keyCheck)).toBe(true);
    expect(sameKey(one.keyCheck, other.keyCheck)).toBe(false);
    expect(sameKey(one.keyCheck, one.keyCheck.subarray(1))).toBe(false);
  });

  test('contact ids are fit for a stream and never alike', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => newContactId(index % 2 ? 1_750_000_000_000 : 0));
    expect(new Set(ids).size).toBe(5000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{24}$/);
  });
});
