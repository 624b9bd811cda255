/** The side of a node that carriers see: its SIP socket with the trunks, and its media. */
import type { Logger } from 'pino';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { localAddressTowards } from '#adapters/sip/local-address.ts';
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import { withBridgedTransfers } from '#adapters/transfers/bridged-transfers.ts';
import { readPassword } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import type { Media } from '#ports/media.ts';
import type { Telephony } from '#ports/telephony.ts';
import type { Closing } from './closing.ts';

export interface CarrierSide {
  readonly telephony: Telephony;
  readonly media: Media;
}

/** Calls that live when a node closes get this long to be ended in good manner. */
const closeGraceMs = 5000;

/** Opens the sockets, and says in `opened` how to close them. */
export async function openCarrierSide(config: Config, log: Logger, opened: Closing[]): Promise<CarrierSide> {
  const bindAddress = config.sip.bindAddress ?? (await addressFor(config.trunks));
  const media = createRtpMedia({
    bindAddress: config.rtp.bindAddress ?? bindAddress,
    portRange: { from: config.rtp.portFrom, to: config.rtp.portTo },
    workers: config.rtp.workers,
    logger: log.child({ part: 'rtp' }),
  });
  opened.push(() => media.shutdown());
  const sip = await createSipTelephony({ bindAddress, port: config.sip.port, log: log.child({ part: 'sip' }) });
  opened.push(() => sip.close(closeGraceMs));
  const telephony = withBridgedTransfers(sip, media);
  for (const [trunkId, trunk] of Object.entries(config.trunks)) {
    const { uri, username, password = readPassword(trunk.passwordFile), callerId } = trunk;
    const credentials = username && password ? { credentials: { username, password } } : {};
    await telephony.configureTrunk({ trunkId, uri, ...credentials, ...(callerId ? { callerId } : {}) });
  }
  return { telephony, media };
}

/** The address of this machine that the trunks can answer to: loopback while they are all on it. */
async function addressFor(trunks: Config['trunks']): Promise<string> {
  const seen = await Promise.all(Object.values(trunks).map(({ uri }) => localAddressTowards(uri)));
  return seen.find((address) => address !== undefined && !address.startsWith('127.')) ?? '127.0.0.1';
}
