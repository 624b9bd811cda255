import { describe, expect, test } from '@jest/globals';
import { readAuditRecord } from './read-audit.ts';

describe('reading a journal for an audit', () => {
  test('waits for what a node has still to write, and reads no less than all', async () => {
    const asked: string[] = [];
    const journal = {
      head: async () => '2',
      hasReached: async (position: string) => position === '2',
      readAll: async (after: string) => {
        asked.push(after);
        // What comes second is late.
        if (after === '1' && asked.length < 4) return [];
        const position = after === '' ? '1' : '2';
        const entry = { position, stream: `trunk/${position}`, version: 1, atMs: 0 };
        return [{ ...entry, bytes: new Uint8Array(), hash: new Uint8Array() }];
      },
    };
    expect((await readAuditRecord(journal, 'c')).events).toBe(0);
    expect(asked).toEqual(['', '1', '1', '1']);
  });
});
