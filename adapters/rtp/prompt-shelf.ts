/** Keeps the prompts that were played last. */
import { stat } from 'node:fs/promises';
import { type Prompt, readPrompt } from './prompts.ts';

interface Kept {
  readonly version: string;
  readonly prompt: Promise<Prompt>;
}

/** Prompts kept; a campaign plays few, and one that is played again is only read again. */
const room = 64;

/** A shelf of prompts: each file is converted once until it changes, also when many ask for it at once. */
export class PromptShelf {
  readonly #kept = new Map<string, Kept>();

  /** @throws PROMPT_UNREADABLE */
  async take(path: string): Promise<Prompt> {
    const version = await versionOf(path);
    let kept = this.#kept.get(path);
    if (kept?.version !== version) kept = { version, prompt: readPrompt(path) };
    this.#kept.delete(path);
    this.#kept.set(path, kept);
    if (this.#kept.size > room) this.#kept.delete(this.#kept.keys().next().value as string);
    try {
      return await kept.prompt;
    } catch (error) {
      if (this.#kept.get(path) === kept) this.#kept.delete(path);
      throw error;
    }
  }
}

/** A file that is not there has a version too: reading it says what is wrong. */
async function versionOf(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeMs}` : 'absent';
}
