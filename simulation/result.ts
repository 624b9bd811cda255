/** What came of a simulated day. Plain data: it crosses threads and goes into reports. */

/** Minute by minute; all of one length. */
export interface Series {
  /** Width of a step, ms. */
  readonly stepMs: number;
  /** Beginning of the first, milliseconds since 1970. */
  readonly fromMs: number;
  /** Milliseconds of talk with people, of all agents. */
  readonly talkMs: readonly number[];
  readonly wrapMs: readonly number[];
  /** Milliseconds in which agents waited for a call. */
  readonly idleMs: readonly number[];
  /** Milliseconds in which agents were signed on. */
  readonly signedOnMs: readonly number[];
  /** The most lines in use. */
  readonly linesMax: readonly number[];
  readonly attempts: readonly number[];
  /** Answers, by when they came; and those of them that were abandoned. */
  readonly answered: readonly number[];
  readonly abandoned: readonly number[];
}

/** The hour with the highest share of abandoned answers. */
export interface WorstWindow {
  readonly rate: number;
  readonly answered: number;
  readonly fromMs: number;
}

export interface DayResult {
  readonly attempts: number;
  /** Answers as a campaign sees them: people, and machines that are put through. */
  readonly answered: number;
  readonly connected: number;
  readonly abandoned: number;
  /** People who hung up before an agent came or the deadline passed. */
  readonly hungUp: number;
  /** Attempts that nobody answered, by cause. */
  readonly failed: Readonly<Record<string, number>>;
  readonly talkMs: number;
  /** Spent by agents on machines. */
  readonly machineMs: number;
  readonly wrapMs: number;
  readonly idleMs: number;
  readonly signedOnMs: number;
  /** Talk with people, minutes for each hour that an agent was signed on: what pacing is for. */
  readonly talkMinutesPerHour: number;
  /** Share of the signed-on time in which agents talked or wrapped up. */
  readonly utilisation: number;
  /** Abandoned ÷ answered, over the day; 0 where nobody answered. */
  readonly abandonRate: number;
  /** Over every hour with enough answers; absent where there was none. */
  readonly worstHour?: WorstWindow;
  /** From the answer to the agent, ms, of those connected. */
  readonly customerWaitMs: { readonly mean: number; readonly p95: number };
  /** From ready to the next call, ms. */
  readonly agentWaitMs: { readonly mean: number; readonly p95: number };
  readonly linesMax: number;
  readonly linesMean: number;
  /** How often the policy was asked. */
  readonly decisions: number;
  /** Attempts that it wanted beyond the lines or the list. */
  readonly clipped: number;
  /** When the list was used up, milliseconds since 1970; absent where it was not. */
  readonly listUsedUpAtMs?: number;
  readonly series: Series;
}
