import { expect, test } from '@jest/globals';
import type { Document } from 'mongodb';
import { ensureReplicaSet } from './mongod.ts';

/** A server with this configuration of its set, that notes what changes it. */
function server(config?: Document) {
  const changes: Document[] = [];
  const command = async (sent: Document): Promise<Document> => {
    if (sent.replSetGetConfig) {
      if (config) return { config };
      throw Object.assign(new Error('no replset config has been received'), { code: 94 });
    }
    changes.push(sent);
    return { ok: 1 };
  };
  return { command, changes };
}

test('a new server becomes a set of one', async () => {
  const { command, changes } = server();
  await ensureReplicaSet(command, 5000);
  expect(changes).toEqual([{ replSetInitiate: { _id: 'callboard', members: [{ _id: 0, host: '127.0.0.1:5000' }] } }]);
});

test('a set stays as it is, and moves where its server has another port', async () => {
  const { command, changes } = server({ _id: 'callboard', version: 3, members: [{ _id: 0, host: '127.0.0.1:5000' }] });
  await ensureReplicaSet(command, 5000);
  expect(changes).toEqual([]);
  await ensureReplicaSet(command, 5001);
  expect(changes).toMatchObject([
    { replSetReconfig: { version: 4, members: [{ _id: 0, host: '127.0.0.1:5001' }] }, force: true },
  ]);
});

test('a server that does not answer is no new server', async () => {
  const silent = () => Promise.reject(new Error('connection refused'));
  await expect(ensureReplicaSet(silent, 5000)).rejects.toThrow('connection refused');
});
