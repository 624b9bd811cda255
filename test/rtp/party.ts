/** Several telephones, each with a leg of ours, and who hears whom among them by what really arrives. */
import { createRtpMedia, type RtpMediaOptions } from '#adapters/rtp/rtp-media.ts';
import type { AudioCodec, LegOptions, Media } from '#ports/media.ts';
import { HeardMedia } from '#test/fakes/heard-media.ts';
import { silentLog } from '#test/sip/call-probe.ts';
import { freePairs } from './free-ports.ts';
import { RtpProbe } from './rtp-probe.ts';

/** How a telephone of a party is. */
export interface PartyMember {
  readonly codec?: AudioCodec;
  readonly takesKeys?: boolean;
  readonly options?: LegOptions;
}

/** A plane of ours with as many threads as asked. */
export async function openPlane(legs: number, more: Partial<RtpMediaOptions> = {}): Promise<Media> {
  const portRange = await freePairs(legs);
  return createRtpMedia({ bindAddress: '127.0.0.1', portRange, workers: 1, logger: silentLog, ...more });
}

/** Multiples of 50 Hz whose harmonics do not meet. */
const tones = [400, 650, 1_150, 1_750] as const;
/** Packets that may still be on their way when something has changed, in a thread or in a buffer. */
const underWay = 8;
const listened = 12;
const enough = 3;

export class Party {
  readonly media: Media;
  readonly probes = new Map<string, RtpProbe>();
  readonly events = new Map<string, HeardMedia>();
  /** Those whose legs are closed: nothing comes to them any more. */
  readonly gone = new Set<string>();

  private constructor(media: Media) {
    this.media = media;
  }

  /** Legs in the order of the members: of two threads the first gets the first. All of them talk. */
  static async open(members: Readonly<Record<string, PartyMember>>, media: Media): Promise<Party> {
    const party = new Party(media);
    const close = media.close.bind(media);
    media.close = (legId) => {
      party.gone.add(legId);
      return close(legId);
    };
    for (const [index, [name, { options = {}, ...phone }]] of Object.entries(members).entries()) {
      const probe = await RtpProbe.open(tones[index] as number, phone);
      const heard = new HeardMedia();
      const side = await media.open(name, options, heard.listener);
      await media.connect(name, probe.side);
      probe.talk(side);
      party.probes.set(name, probe);
      party.events.set(name, heard);
    }
    return party;
  }

  probe(name: string): RtpProbe {
    return this.probes.get(name) as RtpProbe;
  }

  toneOf(name: string): number {
    return tones[[...this.probes.keys()].indexOf(name)] as number;
  }

  /** Whom each one hears now, by the names in the order of the members. */
  async hearing(): Promise<Readonly<Record<string, string>>> {
    for (;;) {
      const before = this.#stalls();
      const heard = await this.#listen();
      if (this.#stalls() === before) return heard;
    }
  }

  async #listen(): Promise<Readonly<Record<string, string>>> {
    const names = [...this.probes.keys()];
    const all = names.map(async (name) => {
      const probe = this.probe(name);
      if (this.gone.has(name)) return [name, ''] as const;
      await probe.caughtUp();
      await probe.more(underWay);
      const from = probe.packets.length;
      await probe.more(listened);
      const counts = probe.heard(tones, from);
      return [name, names.filter((_, index) => (counts[index] ?? 0) >= enough).join(' ')] as const;
    });
    return Object.fromEntries(await Promise.all(all));
  }

  #stalls(): number {
    return Array.from(this.probes.values(), ({ stalls }) => stalls).reduce((sum, stalls) => sum + stalls, 0);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.probes.values(), (probe) => probe.close()));
    await this.media.shutdown();
  }
}
