/** A day as people write it in config/scenarios/: who works when, who answers, and how long everything takes. */
import { z } from 'zod';
import { distribution } from './distribution.ts';
import { duration, timeOfDay } from './duration.ts';

const share = z.number().min(0).max(1);

/** What becomes of attempts, as weights: they need not add up to 1. */
const outcomes = z
  .strictObject({
    /** A person answers, if nobody gives up before. */
    human: z.number().min(0),
    /** A machine answers. */
    machine: z.number().min(0).default(0),
    busy: z.number().min(0).default(0),
    /** It rings until the caller gives up. */
    noAnswer: z.number().min(0).default(0),
    /** The number is not in use. */
    unreachable: z.number().min(0).default(0),
    /** The network is full. */
    failed: z.number().min(0).default(0),
  })
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'must have a weight above 0');

const breakSchema = z.strictObject({
  at: timeOfDay,
  lasts: duration,
  /** Which part of the group goes. */
  share: share.default(1),
  /** Each leaves, and comes back, up to this much later, evenly spread. */
  within: duration.default(0),
});

/** Agents of the same shift. */
const agentsSchema = z
  .strictObject({
    count: z.number().int().min(1).max(5000),
    from: timeOfDay,
    to: timeOfDay,
    /** Each comes up to this much later than `from`, evenly spread, and leaves as much later than `to`. */
    within: duration.default(0),
    breaks: z.array(breakSchema).default([]),
    /** Spread of how fast they are: the standard deviation of the logarithm of an agent's talk and wrap times. */
    pace: z.number().min(0).max(1).default(0),
  })
  .refine(({ from, to }) => to > from, { path: ['to'], error: 'must be after from' });

/** From `from` until the next phase. What a phase does not name is as in the one before. */
const phaseSchema = z.strictObject({
  from: timeOfDay,
  outcomes: outcomes.optional(),
  /** From the INVITE until it rings. */
  setup: distribution.optional(),
  /** From the first ring until a person or a machine answers. */
  ring: distribution.optional(),
  /** With a person. */
  talk: distribution.optional(),
  /** What an agent has to write down after it. */
  wrap: distribution.optional(),
});

const limitsSchema = z.strictObject({
  maxAbandonRate: share.default(0.03),
  connectDeadline: duration.default(2000),
  ringTimeout: duration.default(20_000),
  maxLines: z.number().int().min(1).max(20_000),
  callsPerSecond: z.number().positive().optional(),
  tick: duration.default(200),
});

const machinesSchema = z.strictObject({
  /** `detected`: not a live answer, no agent hears it. `put-through`: an agent does, and hangs up. */
  handling: z.enum(['detected', 'put-through']).default('put-through'),
  /** Where they are detected: how long it takes to tell a machine. */
  detection: distribution.default({ uniform: { from: 1500, to: 3500 } }),
  /** Where they are detected: how long a person waits until taken for one; the deadline runs from then. */
  greeting: distribution.default({ uniform: { from: 300, to: 900 } }),
  /** Where they are detected: which part is taken for people all the same. */
  missed: share.default(0),
  /** How long an agent listens to one, and then wraps up. */
  talk: distribution.default({ lognormal: { median: 8000, sigma: 0.4 } }),
  wrap: distribution.default({ uniform: { from: 1000, to: 4000 } }),
});

export const scenarioSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9-]{1,60}$/, 'must be lower-case letters, digits and hyphens'),
    /** A sentence for the report. */
    title: z.string().min(1).max(200),
    /** Not for tuning: policies are judged on it, never fitted to it. */
    heldOut: z.boolean().default(false),
    /** When attempts may start. */
    day: z
      .strictObject({ from: timeOfDay, to: timeOfDay })
      .refine(({ from, to }) => to > from, { path: ['to'], error: 'must be after from' }),
    agents: z.array(agentsSchema).min(1),
    phases: z.array(phaseSchema).min(1),
    machines: machinesSchema.prefault({}),
    /** How long a person who has answered waits for an agent before hanging up; absent: for ever. */
    patience: distribution.optional(),
    /** How long the safe-harbour message keeps the line after an abandonment. */
    safeHarbour: distribution.default({ exactly: 6000 }),
    /** How long an agent who dials looks at a contact first: manual and preview dialing only. */
    look: distribution.default({ lognormal: { median: 12_000, sigma: 0.5 } }),
    /** Leads of the list: the day's dialing is over when each has had an attempt. */
    listSize: z.number().int().min(1).max(10_000_000).default(10_000_000),
    /**
     * How the share of people who answer wanders by itself: the logarithm of its odds is a random walk that returns
     * (Ornstein and Uhlenbeck), of standard deviation `sigma`, and forgets with the time constant `memory`.
     */
    drift: z.strictObject({ sigma: z.number().min(0).max(2), memory: duration }).optional(),
    limits: limitsSchema,
  })
  .superRefine(({ phases, day }, context) => {
    const first = phases[0];
    for (const needed of ['outcomes', 'setup', 'ring', 'talk', 'wrap'] as const) {
      if (first && first[needed] === undefined) {
        context.addIssue({ code: 'custom', path: ['phases', 0, needed], message: 'must be there in the first phase' });
      }
    }
    if (first && first.from > day.from) {
      context.addIssue({ code: 'custom', path: ['phases', 0, 'from'], message: 'must not be after the day begins' });
    }
    for (const [index, { from }] of phases.entries()) {
      if (index > 0 && from <= (phases[index - 1]?.from ?? 0)) {
        context.addIssue({ code: 'custom', path: ['phases', index, 'from'], message: 'must be after the one before' });
      }
    }
  });

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;
