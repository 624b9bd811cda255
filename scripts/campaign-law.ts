/** Which law a campaign of the command line is dialed under. */
import { type LawProfiles, lawNamed, namesOf } from '#config/law-profiles.ts';
import type { TrunkConfig } from '#config/schema.ts';
import { FatalError } from '#ports/errors.ts';
import type { Law } from '#proto/generated/law.ts';

/** For the practice carrier, and for nobody else. */
export const practiceLaw = 'practice';

export interface LawChoice {
  /** What the command line names. */
  readonly named: string | undefined;
  /** Where the calls go; undefined where this process does not know it. */
  readonly trunk: Pick<TrunkConfig, 'uri' | 'callerId'> | undefined;
}

/**
 * The law that is named. An address says nothing of who is behind it, so that there is none by itself: a trunk on this
 * machine may be the way to a carrier.
 * @throws LAW_PROFILE_MISSING, LAW_PROFILE_UNKNOWN, and LAW_SETTINGS where practice is to hold for a trunk that is
 * elsewhere, or the trunk shows no number and must.
 */
export function chosenLaw(profiles: LawProfiles, { named, trunk }: LawChoice): Law {
  if (named === undefined) {
    const practice = trunk && isLoopback(trunk.uri) ? `; for the practice carrier --law ${practiceLaw}` : '';
    throw new FatalError(
      'LAW_PROFILE_MISSING',
      `Nobody is called without a law profile: name one with --law (${namesOf(profiles)}; docs/law.md)${practice}.`,
    );
  }
  if (named === practiceLaw && trunk && !isLoopback(trunk.uri)) {
    throw new FatalError(
      'LAW_SETTINGS',
      `The law profile ${practiceLaw} is for trunks on this machine, where nobody is called in earnest: name another with --law (${namesOf(profiles)}; docs/law.md).`,
    );
  }
  const law = lawNamed(profiles, named);
  const shows = law.rules.find(({ limit }) => limit.type === 'CallerIdentity');
  if (shows && trunk && trunk.callerId === undefined) {
    throw new FatalError(
      'LAW_SETTINGS',
      `The law profile ${law.profile} wants a number shown to those called (${shows.id}): name it with --caller-id, or as callerId of the trunk.`,
    );
  }
  return law;
}

/** What a person is told of it before anybody is called. */
export function lawLine(profiles: LawProfiles, { profile, fingerprint }: Law): string {
  return `Law profile ${profile} (${fingerprint}): ${profiles.get(profile)?.title}.`;
}

/** Whether a sip: URI is of this machine itself. */
export function isLoopback(uri: string): boolean {
  const host = /^sip:(\[[^\]]+\]|[^:;?]+)/i.exec(uri)?.[1] ?? '';
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === '[::1]' || host.toLowerCase() === 'localhost';
}
