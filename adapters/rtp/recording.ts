/** One leg's recording on disk: written behind the timeline, never waited for by the packets. */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CodedError } from '#ports/errors.ts';
import { wavHeader, wavHeaderBytes } from './wav.ts';

/** What became of a recording. */
export interface Recorded {
  readonly path: string;
  readonly recordedMs: number;
  readonly error?: CodedError;
}

const bytesPerMs = 32;
/** More audio than this waiting for the disk (10 s) is a disk that does not keep up. */
const mostPendingBytes = 10_000 * bytesPerMs;

/**
 * A stereo WAV that grows. Its header is right after every block, so that a crash leaves a file that plays. A disk
 * that fails ends the recording, not the call.
 */
export class Recording {
  readonly #path: string;
  readonly #onError: (error: CodedError) => void;
  #work: Promise<FileHandle | undefined>;
  #writtenBytes = 0;
  #pendingBytes = 0;
  #error: CodedError | undefined;

  /** Makes the folder and the file, readable by its owner alone; `onError` hears at most one error. */
  constructor(path: string, onError: (error: CodedError) => void) {
    this.#path = path;
    this.#onError = onError;
    this.#work = this.#attempt(async () => {
      await mkdir(dirname(path), { recursive: true });
      return await open(path, 'w', 0o600);
    }).then((file) => file && this.#append(file, Buffer.alloc(0)));
  }

  /** Puts a block of interleaved samples behind what was written; returns at once. */
  write(samples: Int16Array): void {
    if (this.#error || samples.length === 0) return;
    if (this.#pendingBytes > mostPendingBytes) {
      this.#fail(
        'RECORDING_UNWRITABLE',
        `The disk of the recording ${this.#path} does not keep up; record to a faster one.`,
      );
      return;
    }
    const block = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
    this.#pendingBytes += block.length;
    this.#work = this.#work.then(async (file) => {
      const written = this.#error || !file ? file : await this.#append(file, block);
      this.#pendingBytes -= block.length;
      return written;
    });
  }

  /** Finishes the file; resolves when all that was given is on disk, or will never be. */
  async close(): Promise<Recorded> {
    const file = await this.#work;
    if (file) await this.#attempt(() => file.close());
    const recorded = { path: this.#path, recordedMs: this.#writtenBytes / bytesPerMs };
    return this.#error ? { ...recorded, error: this.#error } : recorded;
  }

  async #append(file: FileHandle, block: Buffer): Promise<FileHandle> {
    await this.#attempt(async () => {
      await writeAll(file, block, wavHeaderBytes + this.#writtenBytes);
      await writeAll(file, wavHeader(2, this.#writtenBytes + block.length), 0);
      this.#writtenBytes += block.length;
    });
    return file;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        this.#fail('DISK_FULL', `The disk of the recording ${this.#path} is full; make room on it.`);
      } else {
        const remedy = 'check that its folder can be written to';
        this.#fail('RECORDING_UNWRITABLE', `The recording ${this.#path} cannot be written (${code}); ${remedy}.`);
      }
      return undefined;
    }
  }

  #fail(code: CodedError['code'], message: string): void {
    if (this.#error) return;
    this.#error = { code, message };
    this.#onError(this.#error);
  }
}

/** A file system may take less than it was given. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
