import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '#ports/system-clock.ts';
import { silentLog } from '#test/sip/call-probe.ts';
import { createSipTelephony, type SipTelephony } from './sip-telephony.ts';
import { UdpHub } from './udp-hub.ts';

const open = (options: Partial<Parameters<typeof createSipTelephony>[0]> = {}): Promise<SipTelephony> =>
  createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog, ...options });

describe('opening the port', () => {
  test('a port in use is one clear sentence', async () => {
    const first = await open();
    await expect(open({ port: first.address.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `The SIP port 127.0.0.1:${first.address.port} (UDP) is in use by another program: stop that one, or choose another port with CALLBOARD_SIP_PORT (0: any free one).`,
    });
    await first.close();
  });

  test.each(['0.0.0.0', '::', 'localhost', '203.0.113.1'])('%s is no address to bind', async (bindAddress) => {
    await expect(open({ bindAddress })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  test.each(['sips:carrier.example', 'sip:', 'sip:user@host', 'sip:host;transport=tcp', 'carrier.example'])(
    '%s is no gateway',
    async (uri) => {
      const telephony = await open();
      await expect(telephony.configureTrunk({ trunkId: 't', uri })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      await telephony.close();
    },
  );
});

describe('a stranger', () => {
  let telephony: SipTelephony;
  let stranger: Socket;

  beforeEach(async () => {
    telephony = await open({
      flood: { perSource: { ratePerSecond: 0, burst: 3 }, global: { ratePerSecond: 0, burst: 9 } },
    });
    stranger = createSocket('udp4');
    stranger.connect(telephony.address.port, telephony.address.host);
    await once(stranger, 'connect');
  });

  afterEach(async () => {
    stranger.close();
    await telephony.close();
  });

  const message = (method: string, uri: string, via = ';rport', to = ''): string =>
    [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP 192.0.2.66:9999;branch=z9hG4bKx${via}`,
      'From: <sip:a@192.0.2.66>;tag=f',
      `To: <sip:b@127.0.0.1>${to}`,
      'Call-ID: 1',
      `CSeq: 1 ${method}`,
      'Contact: <sip:a@192.0.2.66>',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');

  async function ask(text: string): Promise<string> {
    const answer = once(stranger, 'message');
    stranger.send(text);
    const [bytes] = (await answer) as [Buffer];
    return bytes.toString();
  }

  test.each([
    ['OPTIONS', 'sip:127.0.0.1', '200'],
    ['INVITE', 'sip:anybody@127.0.0.1', '403'],
    ['INVITE', 'tel:+15550100', '416'],
    ['INVITE', 'sips:b@127.0.0.1', '416'],
    ['REFER', 'sip:b@127.0.0.1', '403'],
    ['REGISTER', 'sip:127.0.0.1', '405'],
    ['SUBSCRIBE', 'sip:b@127.0.0.1', '405'],
    ['BYE', 'sip:b@127.0.0.1', '481'],
    ['CANCEL', 'sip:b@127.0.0.1', '481'],
  ])('%s %s gets %s, and nothing is kept of it', async (method, uri, status) => {
    expect(await ask(message(method, uri))).toMatch(new RegExp(`^SIP/2.0 ${status} `));
    expect(telephony.sizes()).toEqual({ calls: 0, clients: 0, servers: 0, dialogs: 0 });
  });

  test('gets the answer where it sends from, whatever its Via says', async () => {
    const forged = ';received=192.0.2.99;rport=1;rport';
    const answer = await ask(message('OPTIONS', 'sip:127.0.0.1', forged));
    expect(answer).toContain(`branch=z9hG4bKx;received=127.0.0.1;rport=${stranger.address().port}\r\n`);
  });

  test('gets a pong for a ping', async () => {
    expect(await ask('\r\n\r\n')).toBe('\r\n');
  });

  test('that floods is not read any more', async () => {
    await ask(message('OPTIONS', 'sip:127.0.0.1'));
    await ask(message('OPTIONS', 'sip:127.0.0.1'));
    await ask(message('OPTIONS', 'sip:127.0.0.1'));
    const friend = createSocket('udp4');
    for (let count = 0; count < 20; count += 1) stranger.send(message('OPTIONS', 'sip:127.0.0.1'));
    while (telephony.counters.received < 23) await new Promise((resolve) => setImmediate(resolve));
    expect(telephony.counters).toMatchObject({ flooded: 20, sent: 3 });
    friend.close();
  });
});

describe('past the limit of strangers', () => {
  const noStrangers = { perSource: { ratePerSecond: 0, burst: 0 }, global: { ratePerSecond: 0, burst: 0 } };
  const media = { address: '127.0.0.1', port: 4, codecs: ['PCMU'] as const, direction: 'sendrecv' as const };
  let carrier: Socket;

  beforeEach(async () => {
    carrier = createSocket('udp4').bind(0, '127.0.0.1');
    await once(carrier, 'listening');
  });

  afterEach(() => void carrier.close());

  test('a gateway is heard whose name had no address before we sent there', async () => {
    let resolverIsUp = false;
    const hub = await UdpHub.open({
      bindAddress: '127.0.0.1',
      port: 0,
      clock: systemClock,
      log: silentLog,
      flood: noStrangers,
      resolve: (_host, _family, callback) =>
        resolverIsUp ? callback(null, '127.0.0.1', 4) : callback(new Error('EAI_AGAIN'), '', 0),
    });
    const heard = async (): Promise<boolean> => {
      const { received, flooded } = hub.counters;
      carrier.send('x', hub.address.port, hub.address.host);
      while (hub.counters.received === received) await new Promise((resolve) => setImmediate(resolve));
      return hub.counters.flooded === flooded;
    };
    hub.trust('gateway.example');
    expect(await heard()).toBe(false);
    resolverIsUp = true;
    await hub.send(`OPTIONS sip:gateway.example:${carrier.address().port} SIP/2.0\r\n\r\n`);
    expect(await heard()).toBe(true);
    await hub.close();
  });

  test('an answer to a call of ours is heard, from whatever address it comes', async () => {
    const telephony = await open({ bindAddress: '127.0.0.2', flood: noStrangers });
    // The gateway is a relay; the carrier behind it answers from an address of its own.
    const relay = createSocket('udp4').bind(0, '127.0.0.3');
    await once(relay, 'listening');
    await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.3:${relay.address().port}` });
    const invited = once(relay, 'message');
    const ended = new Promise((resolve) => {
      void telephony.dial({ callId: 'c', trunkId: 't', number: '+15550100', media, ringTimeoutMs: 9000 }, resolve);
    });
    const [invite] = (await invited) as [Buffer];
    const kept = invite
      .toString()
      .split('\r\n')
      .filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line));
    const answer = ['SIP/2.0 486 Busy Here', ...kept, 'Content-Length: 0', '', ''].join('\r\n');
    const { port, host } = telephony.address;
    carrier.send(answer.replace(/^Call-ID: ./im, 'Call-ID: x'), port, host);
    carrier.send(answer.replace(/^(To: [^\r]*)/im, '$1;tag=busy'), port, host);
    expect(await ended).toMatchObject({ type: 'failed', cause: 'busy' });
    expect(telephony.counters.flooded).toBe(1);
    relay.close();
    await telephony.close();
  });
});

test('a gateway that there is no way to fails the call at once', async () => {
  const telephony = await open();
  // An IPv6 address cannot be reached from an IPv4 socket.
  await telephony.configureTrunk({ trunkId: 't', uri: 'sip:[::1]:5060' });
  const event = await new Promise((resolve) => {
    const media = { address: '127.0.0.1', port: 4, codecs: ['PCMU'] as const, direction: 'sendrecv' as const };
    void telephony.dial({ callId: 'c', trunkId: 't', number: '+15550100', media, ringTimeoutMs: 9000 }, resolve);
  });
  expect(event).toEqual({ type: 'failed', cause: 'failed', sipStatus: 0, reason: 'No way to the gateway' });
  expect(await telephony.ping('t')).toMatchObject({ healthy: false, sipStatus: 0 });
  await telephony.close();
});
