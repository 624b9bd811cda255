import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { IncomingResponseMessage, URI } from 'sip.js/lib/core/index.js';
import { readMessage } from './message-reader.ts';
import { OutgoingInvite } from './outgoing-invite.ts';
import { SipCore } from './sip-core.ts';

let core: SipCore;
let sent: string[];

beforeEach(() => {
  sent = [];
  core = new SipCore({
    callIdPrefix: 'ours-',
    address: { host: '127.0.0.1', port: 5060 },
    user: 'callboard',
    userAgent: 'Callboard',
    send: async (message) => void sent.push(message),
  });
});

afterEach(() => core.dispose());

interface Answer {
  readonly status?: number;
  readonly callId?: string;
  readonly cseq?: string;
  readonly branch?: string;
}

function hear({ status = 200, callId = 'ours-1', cseq = '3 INVITE', branch = 'z9hG4bKgone' }: Answer = {}): void {
  const message = readMessage(
    Buffer.from(
      [
        `SIP/2.0 ${status} Answer`,
        `Via: SIP/2.0/UDP 127.0.0.1:5060;branch=${branch};rport`,
        'Record-Route: <sip:192.0.2.2;lr>',
        'Record-Route: <sip:192.0.2.1;lr>',
        'From: <sip:+15550100@127.0.0.1>;tag=us',
        'To: <sip:+15550199@192.0.2.1>;tag=them',
        `Call-ID: ${callId}`,
        `CSeq: ${cseq}`,
        'Contact: <sip:callee@203.0.113.9:5070>',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    ),
  );
  if (!(message instanceof IncomingResponseMessage)) throw new Error('The answer is not readable.');
  core.receiveResponse(message);
}

const methods = (): (string | undefined)[] => sent.map((message) => /^\w+/.exec(message)?.[0]);

describe('a 2xx that nobody waits for', () => {
  test('gets ACK and BYE in the dialog that it opened', () => {
    hear();
    expect(methods()).toEqual(['ACK', 'BYE']);
    for (const message of sent) {
      expect(message).toMatch(/^\w+ sip:callee@203\.0\.113\.9:5070 SIP\/2\.0\r\n/);
      expect(message.match(/^Route: .*$/gm)).toEqual(['Route: <sip:192.0.2.1;lr>', 'Route: <sip:192.0.2.2;lr>']);
      expect(message).toMatch(/^From: .*<sip:\+15550100@127\.0\.0\.1>;tag=us\r$/m);
      expect(message).toMatch(/^To: .*<sip:\+15550199@192\.0\.2\.1>;tag=them\r$/m);
      expect(message).toMatch(/^Via: SIP\/2\.0\/UDP 127\.0\.0\.1:5060;branch=z9hG4bK[0-9a-f]{24}/m);
    }
    expect(sent.map((message) => /^CSeq: (.*)\r$/m.exec(message)?.[1])).toEqual(['3 ACK', '4 BYE']);
  });

  test('repeated gets the ACK again, and no second BYE', () => {
    hear();
    hear();
    expect(methods()).toEqual(['ACK', 'BYE', 'ACK']);
  });

  test.each<[string, Answer]>([
    ['of a call that is not ours', { callId: 'theirs-1' }],
    ['that is a refusal', { status: 486 }],
    ['to another method', { cseq: '3 OPTIONS' }],
  ])('gets nothing: an answer %s', (_, answer) => {
    hear(answer);
    expect(sent).toEqual([]);
  });

  test('gets nothing when it repeats the answer to a call that lives', () => {
    const peer = new URI('sip', 'peer', '127.0.0.1');
    const ids = { callId: 'ours-1', fromTag: 'us', cseq: 3 };
    const message = core.agent.makeOutgoingRequestMessage('INVITE', peer, peer, peer, ids);
    const invite = new OutgoingInvite(core, message, {
      provisional: () => {},
      accepted: (_answer, _session, acknowledge) => acknowledge(),
      refused: () => {},
      unanswered: () => {},
    });
    hear({ branch: message.branch ?? '' });
    core.forget(invite);
    hear({ branch: message.branch ?? '' });
    expect(methods()).toEqual(['INVITE', 'ACK']);
  });
});
