/** Counts and integrates what happens on the floor while a day runs. */
import type { DayResult, Series, WorstWindow } from './result.ts';

const stepMs = 60_000;
const hourMs = 3_600_000;
/** An hour with fewer answers says little: three of a hundred is the limit. */
const enoughAnswers = 100;

/** How many are in which condition now; the simulator changes it, the measure integrates it. */
export interface Floor {
  lines: number;
  ready: number;
  talking: number;
  withMachine: number;
  wrapping: number;
}

export interface Measure {
  /** Time passes with the floor as it is. */
  pass(toMs: number): void;
  started(): void;
  /** Returns the number of the answer. */
  answeredNow(): number;
  abandonedNow(answer: number): void;
  hungUpNow(): void;
  failedNow(cause: string): void;
  connected(customerWaitMs: number, agentWaitMs: number): void;
  result(counts: { decisions: number; clipped: number; listUsedUpAtMs: number | undefined }): DayResult;
}

export function createMeasure(floor: Floor, fromMs: number, toMs: number): Measure {
  const steps = Math.ceil((toMs - fromMs) / stepMs) + 120;
  const column = () => new Float64Array(steps);
  const [talk, machine, wrap, idle, lineTime, linesMax] = [column(), column(), column(), column(), column(), column()];
  const [attempts, answered, abandoned] = [column(), column(), column()];
  const failed: Record<string, number> = {};
  const answerAtMs: number[] = [];
  const answerAbandoned: boolean[] = [];
  const customerWaits: number[] = [];
  const agentWaits: number[] = [];
  let hungUp = 0;
  let nowMs = fromMs;
  let step = 0;
  let stepEndsMs = fromMs + stepMs;

  function integrate(ms: number): void {
    talk[step] = (talk[step] as number) + floor.talking * ms;
    machine[step] = (machine[step] as number) + floor.withMachine * ms;
    wrap[step] = (wrap[step] as number) + floor.wrapping * ms;
    idle[step] = (idle[step] as number) + floor.ready * ms;
    lineTime[step] = (lineTime[step] as number) + floor.lines * ms;
    if (floor.lines > (linesMax[step] as number)) linesMax[step] = floor.lines;
  }

  function add(to: Float64Array): void {
    to[step] = (to[step] as number) + 1;
  }

  return {
    pass(toMs) {
      if (toMs <= nowMs) return;
      while (toMs >= stepEndsMs && step < steps - 1) {
        integrate(stepEndsMs - nowMs);
        nowMs = stepEndsMs;
        stepEndsMs += stepMs;
        step++;
      }
      integrate(toMs - nowMs);
      nowMs = toMs;
    },
    started: () => add(attempts),
    answeredNow() {
      add(answered);
      answerAbandoned.push(false);
      return answerAtMs.push(nowMs) - 1;
    },
    abandonedNow(answer) {
      answerAbandoned[answer] = true;
      const at = Math.min(steps - 1, Math.floor(((answerAtMs[answer] as number) - fromMs) / stepMs));
      abandoned[at] = (abandoned[at] as number) + 1;
    },
    hungUpNow: () => void hungUp++,
    failedNow(cause) {
      failed[cause] = (failed[cause] ?? 0) + 1;
    },
    connected(customerWaitMs, agentWaitMs) {
      customerWaits.push(customerWaitMs);
      agentWaits.push(agentWaitMs);
    },
    result({ decisions, clipped, listUsedUpAtMs }) {
      const used = step + 1;
      const list = (of: Float64Array) => Array.from(of.subarray(0, used));
      const signedOn = list(talk).map(
        (ms, at) => ms + (machine[at] as number) + (wrap[at] as number) + (idle[at] as number),
      );
      const series: Series = {
        stepMs,
        fromMs,
        talkMs: list(talk),
        wrapMs: list(wrap),
        idleMs: list(idle),
        signedOnMs: signedOn,
        linesMax: list(linesMax),
        attempts: list(attempts),
        answered: list(answered),
        abandoned: list(abandoned),
      };
      const [talkMs, machineMs, wrapMs, idleMs] = [sum(talk), sum(machine), sum(wrap), sum(idle)];
      const signedOnMs = talkMs + machineMs + wrapMs + idleMs;
      const worstHour = worstOf(answerAtMs, answerAbandoned);
      return {
        attempts: sum(attempts),
        answered: answerAtMs.length,
        connected: customerWaits.length,
        abandoned: sum(abandoned),
        hungUp,
        failed,
        talkMs,
        machineMs,
        wrapMs,
        idleMs,
        signedOnMs,
        talkMinutesPerHour: signedOnMs === 0 ? 0 : (60 * talkMs) / signedOnMs,
        utilisation: signedOnMs === 0 ? 0 : 1 - idleMs / signedOnMs,
        abandonRate: answerAtMs.length === 0 ? 0 : sum(abandoned) / answerAtMs.length,
        ...(worstHour ? { worstHour } : {}),
        customerWaitMs: summaryOf(customerWaits),
        agentWaitMs: summaryOf(agentWaits),
        linesMax: linesMax.reduce((most, lines) => Math.max(most, lines), 0),
        linesMean: nowMs === fromMs ? 0 : sum(lineTime) / (nowMs - fromMs),
        decisions,
        clipped,
        ...(listUsedUpAtMs === undefined ? {} : { listUsedUpAtMs }),
        series,
      };
    },
  };
}

/** The rolling hour, ending with an answer, with the highest share of abandoned ones. */
function worstOf(atMs: readonly number[], abandoned: readonly boolean[]): WorstWindow | undefined {
  let worst: WorstWindow | undefined;
  let first = 0;
  let lost = 0;
  for (let last = 0; last < atMs.length; last++) {
    if (abandoned[last]) lost++;
    while ((atMs[first] as number) <= (atMs[last] as number) - hourMs) {
      if (abandoned[first]) lost--;
      first++;
    }
    const answered = last - first + 1;
    if (answered < enoughAnswers) continue;
    const rate = lost / answered;
    if (!worst || rate > worst.rate) worst = { rate, answered, fromMs: atMs[first] as number };
  }
  return worst;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function summaryOf(values: readonly number[]): { mean: number; p95: number } {
  if (values.length === 0) return { mean: 0, p95: 0 };
  const sorted = Float64Array.from(values).sort();
  return { mean: sum(sorted) / sorted.length, p95: sorted[Math.ceil(sorted.length * 0.95) - 1] as number };
}
