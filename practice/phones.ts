/** The phone of a practice agent: what it does when it is called. Pure: `open-agents.ts` has it performed. */
import { chanceOf } from './chance.ts';
import type { TimedStep } from './people.ts';

const voices = ['hello-rms', 'hello-slt', 'hello-awb'] as const;
/** The time that it takes to say one of them. */
const speechMs = 1_000;

/** How a phone ends its call, if it does: after so many ms of it. */
interface Ending {
  readonly step: { readonly type: 'hang-up' } | { readonly type: 'forget' };
  readonly afterMs: number;
}

/**
 * What the phone of this name does when it is called for the nth time, from 1: it rings, is answered after 100 to 600 ms,
 * and says hello every 3 to 8 s for as long as the call lasts, which is a shift. A name says what goes wrong:
 * `ann.busy` is always busy, `ann.rings` is never answered, `ann.leaves-5000` hangs up 5 s after it has answered,
 * `ann.forgets-5000` loses the call then without a word. The same seed brings the same again.
 */
export function* scriptOfPhone(name: string, seed: number, attempt: number): Generator<TimedStep> {
  const chance = chanceOf(`${seed}/phone/${name}/${attempt}`);
  const between = (fromMs: number, toMs: number) => Math.round(fromMs + chance() * (toMs - fromMs));
  if (name.endsWith('.busy')) {
    yield { waitMs: 20, step: { type: 'reject', sipStatus: 486, reason: 'Busy Here' } };
    return;
  }
  yield { waitMs: 20, step: { type: 'ring' } };
  if (name.endsWith('.rings')) {
    yield { waitMs: 180_000, step: { type: 'reject', sipStatus: 480, reason: 'Temporarily Unavailable' } };
    return;
  }
  yield { waitMs: between(100, 600), step: { type: 'answer' } };
  const voice = voices[Math.floor(chance() * voices.length)] as string;
  const ending = endingOf(name);
  for (let goneMs = 0; ; ) {
    const waitMs = speechMs + between(3_000, 8_000);
    if (ending && goneMs + waitMs >= ending.afterMs) {
      yield { waitMs: ending.afterMs - goneMs, step: ending.step };
      return;
    }
    goneMs += waitMs;
    yield { waitMs, step: { type: 'say', voice } };
  }
}

function endingOf(name: string): Ending | undefined {
  const match = /\.(leaves|forgets)-(\d{1,8})$/.exec(name);
  if (!match) return undefined;
  return { step: { type: match[1] === 'leaves' ? 'hang-up' : 'forget' }, afterMs: Number(match[2]) };
}
