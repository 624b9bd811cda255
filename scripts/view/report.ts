/** The report of a campaign: a line of JSON for each attempt, made from the journal, so that it can be made again. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { JournalReader } from '#ports/journal.ts';
import { type EndedAttempt, followCampaign } from './progress.ts';

const page = 1000;

/** What a line says of an attempt. */
export function reportLine(attempt: EndedAttempt): string {
  const { row, outcome, sipStatus, reason, ringMs, talkMs, digits, media } = attempt;
  return JSON.stringify({ row, outcome, sipStatus, reason, ringMs, talkMs, digits, recording: media?.recording ?? '' });
}

/** The attempts of a campaign that are over, as the journal has them. */
export async function endedAttempts(journal: JournalReader, campaignId: string): Promise<readonly EndedAttempt[]> {
  const attempts: EndedAttempt[] = [];
  const view = followCampaign(campaignId, (attempt) => attempts.push(attempt));
  let entries = await journal.readAll('', page);
  for (let last = entries.at(-1); last; last = entries.at(-1)) {
    view.apply(entries);
    entries = await journal.readAll(last.position, page);
  }
  return attempts;
}

/** Writes the whole file or leaves the old one: a reader never sees half a report. */
export function writeReport(path: string, attempts: readonly EndedAttempt[]): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, attempts.map((attempt) => `${reportLine(attempt)}\n`).join(''));
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
