/** Keeps what one measurement leaves to the collector out of the next. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects all garbage of this thread, now. */
export const collectGarbage = runInNewContext('gc') as () => void;
