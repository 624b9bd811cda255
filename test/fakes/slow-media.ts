/** A media plane that opens legs when it is told to. */
import { FakeMedia } from './fake-media.ts';

export class SlowMedia extends FakeMedia {
  readonly #gate = Promise.withResolvers<void>();

  /** Those that were asked for, and all later ones, are opened. */
  openAll(): void {
    this.#gate.resolve();
  }

  override async open(...leg: Parameters<FakeMedia['open']>): ReturnType<FakeMedia['open']> {
    await this.#gate.promise;
    return super.open(...leg);
  }
}
