/** The profiles of config/law/, and those of one's own: read and checked when a node or a command starts. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { profileSchema, rulesOf } from '#law/profile.ts';
import { FatalError } from '#ports/errors.ts';
import type { Law } from '#proto/generated/law.ts';

/** A profile, ready for a campaign. */
export interface LawProfile {
  readonly title: string;
  readonly law: Law;
}

/** By name. */
export type LawProfiles = ReadonlyMap<string, LawProfile>;

/** Those that come with Callboard. */
export const ownLawFolder = join(import.meta.dirname, 'law');

/**
 * Reads every NAME.json of the folder.
 * @throws LAW_PROFILE_INVALID naming the file and each place in it that has to be mended.
 */
export function loadLawProfiles(folder: string = ownLawFolder): LawProfiles {
  const files = filesOf(folder);
  return new Map(files.map((file) => [file.slice(0, -'.json'.length), readProfile(join(folder, file), file)]));
}

/**
 * The rules that a campaign is given.
 * @throws LAW_PROFILE_UNKNOWN with the names that there are.
 */
export function lawNamed(profiles: LawProfiles, name: string): Law {
  const found = profiles.get(name);
  if (found) return found.law;
  throw new FatalError('LAW_PROFILE_UNKNOWN', `There is no law profile ${name}: name one of ${namesOf(profiles)}.`);
}

/** As a person reads them. */
export function namesOf(profiles: LawProfiles): string {
  return [...profiles.keys()].join(', ');
}

function filesOf(folder: string): readonly string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    if (files.length > 0) return files.sort();
  } catch (cause) {
    throw unusable(`The folder of law profiles ${folder} cannot be read`, (cause as NodeJS.ErrnoException).code, cause);
  }
  throw unusable(`The folder of law profiles ${folder} holds none`, undefined);
}

function readProfile(path: string, file: string): LawProfile {
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw unusable(`The law profile ${path} is not JSON`, undefined, cause);
  }
  const parsed = profileSchema.safeParse(written);
  if (!parsed.success) throw mustBeMended(path, parsed.error.issues);
  const { profile, title } = parsed.data;
  if (`${profile}.json` !== file) {
    throw mustBeMended(path, [
      { path: ['profile'], message: `must be ${file.slice(0, -'.json'.length)}, as the file` },
    ]);
  }
  const rules = rulesOf(parsed.data);
  // So that rules that were changed under an old name are not taken for the old ones. Where they are written changes nothing.
  const limits = JSON.stringify(rules.map(({ id, limit }) => ({ id, limit })));
  const fingerprint = createHash('sha256').update(limits).digest('hex').slice(0, 16);
  return { title, law: { profile, fingerprint, rules } };
}

function mustBeMended(path: string, issues: readonly Pick<z.core.$ZodIssue, 'path' | 'message'>[]): FatalError {
  const problems = issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`);
  return new FatalError('LAW_PROFILE_INVALID', `The law profile ${path} is not usable; mend ${problems.join('; ')}.`);
}

function unusable(what: string, code: string | undefined, cause?: unknown): FatalError {
  const why = code === undefined ? '' : ` (${code})`;
  return new FatalError('LAW_PROFILE_INVALID', `${what}${why}: mend it, or name another folder (lawFolder).`, {
    cause,
  });
}
