import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { URI } from 'sip.js/lib/core/index.js';
import { readMessage } from './message-reader.ts';
import { SipCore } from './sip-core.ts';
import { installUdpTimers } from './udp-timers.ts';

let sentAtMs: number[];
let sent: string[];
let core: SipCore;

beforeEach(() => {
  jest.useFakeTimers();
  installUdpTimers(500);
  sentAtMs = [];
  sent = [];
  const startedAt = Date.now();
  core = new SipCore({
    callIdPrefix: '',
    address: { host: '127.0.0.1', port: 5060 },
    user: 'callboard',
    userAgent: 'Callboard',
    send: async (message) => {
      sent.push(message);
      // The fake clock counts a millisecond for each turn of the loop that a repetition waits.
      sentAtMs.push(Math.floor((Date.now() - startedAt) / 100) * 100);
    },
    onInvite: (invite) => invite.reject({ statusCode: 486 }),
  });
});

afterEach(() => {
  core.dispose();
  jest.useRealTimers();
});

const peer = new URI('sip', 'peer', '192.0.2.1');

function request(method: 'INVITE' | 'OPTIONS'): void {
  const message = core.agent.makeOutgoingRequestMessage(method, peer, peer, peer, {});
  if (method === 'INVITE') core.agent.invite(message);
  else core.agent.request(message);
}

/** The peer answers the last request. */
function answer(status: number): void {
  const head = (sent.at(-1) ?? '').split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
  const tagged = head.map((line) => (line.startsWith('To:') ? `${line};tag=x` : line));
  const text = `SIP/2.0 ${status} Answer\r\n${tagged.join('\r\n')}\r\n\r\n`;
  core.receiveResponse(readMessage(Buffer.from(text)) as Parameters<SipCore['receiveResponse']>[0]);
}

function receive(method: 'INVITE' | 'ACK'): void {
  const text = [
    `${method} sip:callboard@127.0.0.1 SIP/2.0`,
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKpeer',
    'From: <sip:peer@192.0.2.1>;tag=p',
    'To: <sip:callboard@127.0.0.1>',
    'Call-ID: 1',
    `CSeq: 1 ${method}`,
    'Contact: <sip:peer@192.0.2.1>',
  ].join('\r\n');
  core.receiveRequest(readMessage(Buffer.from(`${text}\r\n\r\n`)) as Parameters<SipCore['receiveRequest']>[0]);
}

describe('an INVITE', () => {
  test('goes out again at T1, doubling, until timer B (A, RFC 3261, 17.1.1.2)', () => {
    request('INVITE');
    jest.advanceTimersByTime(60_000);
    expect(sentAtMs).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    expect(core.sizes().clients).toBe(0);
  });

  test('is not repeated once a 100 came', () => {
    request('INVITE');
    jest.advanceTimersByTime(600);
    answer(100);
    jest.advanceTimersByTime(60_000);
    expect(sentAtMs).toEqual([0, 500]);
  });

  test('absorbs a repeated 486 for 64 T1, acknowledging each (D)', () => {
    request('INVITE');
    const via = sent[0];
    answer(486);
    jest.advanceTimersByTime(31_000);
    sent.push(via ?? '');
    answer(486);
    expect(sent.filter((text) => text.startsWith('ACK'))).toHaveLength(2);
    jest.advanceTimersByTime(1001);
    expect(core.sizes().clients).toBe(0);
  });

  test('given up by its owner is not repeated', () => {
    const message = core.agent.makeOutgoingRequestMessage('INVITE', peer, peer, peer, {});
    core.forget(core.agent.invite(message) as Parameters<SipCore['forget']>[0]);
    jest.advanceTimersByTime(60_000);
    expect(sentAtMs).toEqual([0]);
  });
});

describe('another request', () => {
  test('goes out again at T1, doubling up to T2, until timer F (E, 17.1.2.2)', () => {
    request('OPTIONS');
    jest.advanceTimersByTime(60_000);
    expect(sentAtMs.slice(0, 6)).toEqual([0, 500, 1500, 3500, 7500, 11_500]);
    expect(sentAtMs.at(-1)).toBe(31_500);
  });

  test('goes out every T2 while a 1xx holds it', () => {
    request('OPTIONS');
    jest.advanceTimersByTime(100);
    answer(100);
    jest.advanceTimersByTime(9000);
    expect(sentAtMs).toEqual([0, 500, 4500, 8500]);
  });

  test('stays for T4 after its answer (K)', () => {
    request('OPTIONS');
    answer(200);
    jest.advanceTimersByTime(4999);
    expect(core.sizes().clients).toBe(1);
    jest.advanceTimersByTime(1);
    expect(core.sizes().clients).toBe(0);
  });
});

describe('a refusal of ours', () => {
  test('goes out again at T1, doubling up to T2, until its ACK (G, 17.2.1)', () => {
    receive('INVITE');
    jest.advanceTimersByTime(8000);
    expect(sentAtMs).toEqual([0, 500, 1500, 3500, 7500]);
    receive('ACK');
    jest.advanceTimersByTime(20_000);
    expect(sentAtMs).toHaveLength(5);
    expect(core.sizes().servers).toBe(0);
  });

  test('stays for T4 after the ACK, for those that come again (I)', () => {
    receive('INVITE');
    receive('ACK');
    jest.advanceTimersByTime(4999);
    expect(core.sizes().servers).toBe(1);
    jest.advanceTimersByTime(1);
    expect(core.sizes().servers).toBe(0);
  });
});

test('ten thousand INVITEs without an answer do not all come again at once', () => {
  for (let count = 0; count < 10_000; count += 1) request('INVITE');
  jest.advanceTimersByTime(700);
  const repeated = sent.length - 10_000;
  expect(repeated).toBeGreaterThan(0);
  expect(repeated).toBeLessThan(2000);
});
