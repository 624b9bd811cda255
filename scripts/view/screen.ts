/** Shows a campaign's progress: on a terminal a bar and a table that stay in place, elsewhere a line an attempt. */
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import type { EndedAttempt, Progress } from './progress.ts';

export interface Screen {
  attemptEnded(attempt: EndedAttempt): void;
  update(progress: Progress): void;
  /** A line of its own, above what stays in place. */
  say(line: string): void;
  /** Leaves the last picture where it is. */
  done(): void;
}

const barWidth = 40;

/** A screen for the stream: one that moves when it is a terminal. */
export function openScreen(out: NodeJS.WriteStream): Screen {
  return out.isTTY ? terminal(out) : lines(out);
}

/** A screen that only says things: somebody works on this terminal. */
export function quietScreen(out: NodeJS.WritableStream): Screen {
  return { attemptEnded: () => {}, update: () => {}, say: (line) => void out.write(`${line}\n`), done: () => {} };
}

function lines(out: NodeJS.WritableStream): Screen {
  return { ...quietScreen(out), attemptEnded: (attempt) => void out.write(`${attemptLine(attempt)}\n`) };
}

function terminal(out: NodeJS.WriteStream): Screen {
  const live = createLogUpdate(out);
  return {
    attemptEnded: () => {},
    update: (progress) => live(picture(progress)),
    say: (line) => {
      live.clear();
      out.write(`${line}\n`);
    },
    done: () => live.done(),
  };
}

/** The bar and the table as text. */
export function picture(progress: Progress): string {
  const share = progress.leads === 0 ? 0 : Math.min(1, progress.ended / progress.leads);
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}  ${progress.ended} of ${progress.leads} leads, ${progress.phase}`;
  const table = new Table({ head: ['now', '', 'outcome', '', 'pressed', ''], style: { head: [], border: [] } });
  const now = Object.entries(progress.phases);
  const outcomes = [...progress.outcomes];
  const digits = [...progress.digits]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, n]) => [key || 'nothing', n] as const);
  for (let row = 0; row < Math.max(now.length, outcomes.length, digits.length); row++) {
    table.push([now, outcomes, digits].flatMap((column) => [...(column[row] ?? ['', ''])]));
  }
  return `${bar}\n${table.toString()}`;
}

function attemptLine(attempt: EndedAttempt): string {
  const { row, mask, outcome, reason, digits, sipStatus, ringMs, talkMs } = attempt;
  if (outcome === 'refused') return `row ${row}  ${mask}  ${outcome}: ${reason}`;
  const pressed = digits ? `, pressed ${digits}` : '';
  const status = sipStatus ? ` (${sipStatus})` : '';
  return `row ${row}  ${mask}  ${outcome}${status}${pressed}, rang ${seconds(ringMs)} s, talked ${seconds(talkMs)} s`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
