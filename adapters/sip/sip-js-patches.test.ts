/**
 * patches/sip.js+0.21.2.patch, line by line. If one of these fails, `npm install` did not run `patch-package`,
 * or sip.js was updated without its patch.
 */
import { expect, jest, test } from '@jest/globals';
import { type InviteClientTransaction, type InviteUserAgentClient, URI } from 'sip.js/lib/core/index.js';
import { Grammar } from 'sip.js/lib/grammar/index.js';
import { SipCore } from './sip-core.ts';

test('the grammar decodes its bytecode once, not at every parse', () => {
  Grammar.URIParse('sip:first@example.com');
  const split = jest.spyOn(String.prototype, 'split');
  try {
    expect(Grammar.URIParse('sip:second@example.com')?.user).toBe('second');
    // Unpatched, each of the 235 rules is split anew.
    expect(split.mock.calls.length).toBeLessThan(20);
  } finally {
    split.mockRestore();
  }
});

test('the ACK of a 2xx has a branch as hard to guess as any', () => {
  const sent: string[] = [];
  const core = new SipCore({
    callIdPrefix: '',
    address: { host: '127.0.0.1', port: 5060 },
    user: 'callboard',
    userAgent: 'Callboard',
    send: async (message) => void sent.push(message),
  });
  const peer = new URI('sip', 'peer', '127.0.0.1');
  const message = core.agent.makeOutgoingRequestMessage('INVITE', peer, peer, peer, { toTag: 'x' });
  const invite = core.agent.invite(message) as InviteUserAgentClient;
  const ack = core.agent.makeOutgoingRequestMessage('ACK', peer, peer, peer, { toTag: 'x' });
  (invite.transaction as InviteClientTransaction).ackResponse(ack);
  expect(sent.map((text) => /branch=([^;\r]+)/.exec(text)?.[1])).toEqual([
    expect.stringMatching(/^z9hG4bK[0-9a-f]{24}$/),
    expect.stringMatching(/^z9hG4bK[0-9a-f]{24}$/),
  ]);
  core.dispose();
});
