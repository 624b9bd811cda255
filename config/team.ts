/** A team file: who talks for a campaign, and how it dials for them. Read and checked when a command starts. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { duration } from '#law/profile.ts';
import { FatalError } from '#ports/errors.ts';
import { isPhoneUri } from '#proto/phone-uri.ts';

const word = z.string().regex(/^[^/\s](?:[^/]*[^/\s])?$/, 'must be a word or a few, without a slash');
const language = z.string().regex(/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a language of BCP 47, such as es-MX');
/** Levels by name; more is better. */
const skills = z.record(z.string().regex(/^\S+$/, 'must be a word'), z.number().int().min(1).max(100)).default({});

/** Branches by name; a leaf holds nothing. */
interface Tree {
  readonly [name: string]: Tree | null;
}
const tree: z.ZodType<Tree> = z.lazy(() => z.record(word, tree.nullable()));

const sipUri = z.string().refine(isPhoneUri, 'must be sip:NAME@HOST[:PORT], and no telephone number');

const agent = z.strictObject({
  /** Where the phone is: sip:NAME@HOST[:PORT]. */
  phone: sipUri,
  skills,
  languages: z.array(language).default([]),
});

const teamSchema = z
  .strictObject({
    mode: z.enum(['manual', 'preview', 'progressive', 'power', 'adaptive', 'predictive']).default('progressive'),
    /** Lines for each ready agent, in the mode power. */
    powerRatio: z.number().min(1).max(10).default(1),
    /** Share of the answers that may find no agent, 0 to 1. */
    maxAbandonRate: z.number().min(0).max(1).default(0.03),
    /** How long an answer waits for an agent, before it hears the message. */
    connectWithin: duration.default(2000),
    /** WAV that is played to whom no agent came, beside the file: it says who called. */
    safeHarbour: z.string().min(1),
    /** The digit of that message which ends all calls. */
    optOutDigit: z
      .string()
      .regex(/^[0-9*#]$/, "must be one key, in quotes: '9'")
      .optional(),
    /** WAV that a held callee hears, beside the file; absent: silence. */
    holdMusic: z.string().min(1).optional(),
    /** How long somebody who has talked already waits for the next agent. */
    longestWait: duration.optional(),
    /** Where a call may be handed to, out of the house: sip:NAME@HOST[:PORT] by name. */
    transfers: z.record(word, sipUri).default({}),
    /** What an agent must be able to do, at least. */
    skills,
    /** What an agent must speak. */
    language: language.optional(),
    /** Whether a contact goes to the agent who spoke with it last, where that one is free. */
    sticky: z.boolean().default(false),
    preview: z
      .strictObject({
        /** Absent: the agent looks as long as they like. */
        longest: duration.optional(),
        /** Whether the contact is dialed when the time is over. */
        dials: z.boolean().default(false),
      })
      .prefault({}),
    wrapUp: z
      .strictObject({
        /** Absent: anything may be said. */
        dispositions: tree.optional(),
        required: z.boolean().default(false),
        longest: duration.optional(),
        /** Named for an agent who named none in time. */
        default: z.string().min(1).optional(),
        /** Those that say that a machine had answered, and no person. */
        machines: z.array(z.string().min(1)).default([]),
      })
      .prefault({}),
    agents: z
      .record(z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be letters, digits, . _ or -'), agent)
      .refine((agents) => Object.keys(agents).length > 0, 'must name somebody'),
  })
  .superRefine(({ wrapUp }, context) => {
    if (!wrapUp.dispositions) return;
    const known = pathsOf(wrapUp.dispositions);
    const named = [...(wrapUp.default === undefined ? [] : [wrapUp.default]), ...wrapUp.machines];
    for (const path of named.filter((each) => !known.includes(each))) {
      context.addIssue({
        code: 'custom',
        path: ['wrapUp'],
        message: `names ${path}, which is none of ${known.join(', ')}`,
      });
    }
  });

export type Team = z.output<typeof teamSchema>;

/** Leaves of the tree, as paths such as sale/new. */
export function pathsOf(branches: Tree, above = ''): readonly string[] {
  return Object.entries(branches).flatMap(([name, below]) => {
    const path = `${above}${name}`;
    return below && Object.keys(below).length > 0 ? pathsOf(below, `${path}/`) : [path];
  });
}

/**
 * Reads YAML 1.2; a path in it is as seen from the file.
 * @throws TEAM_INVALID with every problem and its place.
 */
export function loadTeam(file: string): Team {
  const document = parseDocument(readText(file));
  const [broken] = document.errors;
  if (broken) {
    const line = broken.linePos?.[0].line;
    throw invalid(`The team file ${file} is not YAML${line === undefined ? '' : ` at line ${line}`}: mend its syntax.`);
  }
  const parsed = teamSchema.safeParse(document.toJS());
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
    throw invalid(`The team file ${file} is not usable; mend ${problems.join('; ')}.`);
  }
  const beside = (path: string) => resolve(dirname(file), path);
  const { safeHarbour, holdMusic } = parsed.data;
  return { ...parsed.data, safeHarbour: beside(safeHarbour), ...(holdMusic ? { holdMusic: beside(holdMusic) } : {}) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw invalid(`The team file ${file} cannot be read (${code}): name one that can.`, cause);
  }
}

function invalid(sentence: string, cause?: unknown): FatalError {
  return new FatalError('TEAM_INVALID', sentence, { cause });
}
