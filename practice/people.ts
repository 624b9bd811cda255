/** Who lives at a number, and what they do when it rings. Pure: the carrier performs it. */
import { chanceOf } from './chance.ts';

/** Something a person, or the network for them, does. A file of voices/ is named without `.wav`. */
export type Step =
  | { readonly type: 'ring' }
  | { readonly type: 'reject'; readonly sipStatus: number; readonly reason: string }
  | { readonly type: 'answer' }
  /** Begins to speak; the next step does not wait for the end. */
  | { readonly type: 'say'; readonly voice: string }
  | { readonly type: 'finish-speaking' }
  | { readonly type: 'press'; readonly digits: string }
  | { readonly type: 'hang-up' }
  /** Loses the call without a word, as a phone that is pulled out and put back in. */
  | { readonly type: 'forget' };

/** A step, and how long after the one before it. */
export interface TimedStep {
  readonly waitMs: number;
  readonly step: Step;
}

export type Script = readonly TimedStep[];

/** 0 to 1. */
type Chance = () => number;

interface Person {
  /** The last digit of the numbers such people have. */
  readonly digit: string;
  /** As in the table of README.md. */
  readonly does: string;
  readonly script: (chance: Chance) => Script;
}

const hellos = ['hello-rms', 'hello-slt', 'hello-awb'] as const;

const between = (chance: Chance, fromMs: number, toMs: number) => Math.round(fromMs + chance() * (toMs - fromMs));
const at = (waitMs: number, step: Step) => ({ waitMs, step });

function picksUp(chance: Chance, ringMs: number): Script {
  const voice = hellos[Math.floor(chance() * hellos.length)] as string;
  return [
    at(between(chance, 50, 300), { type: 'ring' }),
    at(ringMs, { type: 'answer' }),
    at(between(chance, 200, 500), { type: 'say', voice }),
  ];
}

const ringMs = (chance: Chance) => between(chance, 1_000, 4_000);

/** Nobody stays on a dead line for ever. */
function givesUp(chance: Chance) {
  return at(between(chance, 20_000, 30_000), { type: 'hang-up' });
}

function presses(digits: string, chance: Chance, ringsForMs: number): Script {
  return [
    ...picksUp(chance, ringsForMs),
    at(between(chance, 1_000, 3_000), { type: 'press', digits }),
    givesUp(chance),
  ];
}

function refuses(chance: Chance, sipStatus: number, reason: string): Script {
  return [at(between(chance, 100, 500), { type: 'reject', sipStatus, reason })];
}

/** Everybody who lives in the practice carrier's country. */
export const people: readonly Person[] = [
  {
    digit: '0',
    does: 'half the time the network is full (503), else answers and presses 1',
    script: (chance) => {
      return chance() < 0.5 ? refuses(chance, 503, 'Service Unavailable') : presses('1', chance, ringMs(chance));
    },
  },
  { digit: '1', does: 'answers and presses 1', script: (chance) => presses('1', chance, ringMs(chance)) },
  { digit: '2', does: 'answers and presses 2', script: (chance) => presses('2', chance, ringMs(chance)) },
  {
    digit: '3',
    does: 'answers and says nothing but hello; hangs up after 20 to 30 s',
    script: (chance) => [...picksUp(chance, ringMs(chance)), givesUp(chance)],
  },
  {
    digit: '4',
    does: 'answers late, after 8 s of ringing, and presses 1',
    script: (chance) => presses('1', chance, between(chance, 7_500, 8_500)),
  },
  {
    digit: '5',
    does: 'answers and hangs up after two seconds',
    script: (chance) => {
      const answering = picksUp(chance, ringMs(chance));
      return [...answering, at(2_000 - (answering.at(-1)?.waitMs ?? 0), { type: 'hang-up' })];
    },
  },
  { digit: '6', does: 'is busy (486)', script: (chance) => refuses(chance, 486, 'Busy Here') },
  {
    digit: '7',
    does: 'never answers: it rings until the caller gives up, three minutes at most (480)',
    // As long as the network lets a phone ring: its caller may have died (RFC 3261, 16.6, timer C).
    script: (chance) => [
      at(between(chance, 50, 300), { type: 'ring' }),
      at(180_000, { type: 'reject', sipStatus: 480, reason: 'Temporarily Unavailable' }),
    ],
  },
  {
    digit: '8',
    does: 'voicemail: a greeting with a beep at its end, then listens 10 to 15 s and hangs up',
    script: (chance) => [
      at(between(chance, 50, 300), { type: 'ring' }),
      at(ringMs(chance), { type: 'answer' }),
      at(between(chance, 300, 600), { type: 'say', voice: 'voicemail' }),
      at(0, { type: 'finish-speaking' }),
      at(between(chance, 10_000, 15_000), { type: 'hang-up' }),
    ],
  },
  { digit: '9', does: 'is not allocated (404)', script: (chance) => refuses(chance, 404, 'Not Found') },
];

/** What happens at a number when it is called for the nth time, from 1; the same seed brings the same again. */
export function scriptOf(number: string, seed: number, attempt: number): Script {
  const chance = chanceOf(`${seed}/${number}/${attempt}`);
  const person = people.find(({ digit }) => number.endsWith(digit));
  return person ? person.script(chance) : refuses(chance, 484, 'Address Incomplete');
}
