/** A key from somebody else's hand: SIPp answers and plays the telephone-events that it brings along (RFC 2833). */
import { expect, test } from '@jest/globals';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import { HeardMedia } from '#test/fakes/heard-media.ts';
import { CallProbe, silentLog } from '#test/sip/call-probe.ts';
import { carrierSdp, receive, receiveInvite, respond, respondInDialog, scenario } from '#test/sip/scenario.ts';
import { startSipp } from '#test/sip/sipp.ts';
import { freePairs } from './free-ports.ts';

/** Seven updates 20 ms apart, then the end three times under one sequence number, as its capture has it. */
const pressFive = '<nop><action><exec play_pcap_audio="/usr/share/sip-tester/dtmf_2833_5.pcap"/></action></nop>';

test('a digit that SIPp plays is heard once', async () => {
  const farPorts = await freePairs(1);
  const sipp = await startSipp({
    scenario: scenario(
      receiveInvite(),
      respond(200, 'OK', { sdp: carrierSdp('sendrecv', farPorts.from), retransmit: true }),
      receive('ACK'),
      pressFive,
      receive('BYE'),
      respondInDialog(200, 'OK'),
    ),
    calls: 1,
    moreArguments: ['-mp', `${farPorts.from}`],
  });
  const telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog });
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${sipp.port}` });
  const portRange = await freePairs(1);
  const media = createRtpMedia({ bindAddress: '127.0.0.1', portRange, workers: 1, logger: silentLog });

  const heard = new HeardMedia();
  const side = await media.open('a', {}, heard.listener);
  const call = await CallProbe.dial(telephony, { media: side });
  await media.connect('a', (await call.next('answered')).media);
  const refused = sipp.ended.then((code) => `SIPp ended with ${code}; it plays packets only as root`);
  expect(await Promise.race([heard.next('digit'), refused])).toEqual({ type: 'digit', digit: '5', durationMs: 280 });

  await telephony.hangUp(call.callId);
  expect(await sipp.ended).toBe(0);
  const report = await media.close('a');
  expect(report.packetsReceived).toBeGreaterThanOrEqual(8);
  expect(heard.events).toHaveLength(1);
  await Promise.all([telephony.close(200), media.shutdown(), sipp.stop()]);
});
