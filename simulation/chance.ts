/**
 * Chance by name instead of by turn: the same seed, subject and purpose give the same number in whatever order things
 * are asked. So the nth attempt of a day meets the same person under every policy (common random numbers).
 */

// Looked up once: where tests run, each look at a global costs more than what it does.
const { imul, log, sqrt } = Math;

/** A number above 0 and below 1, in steps of 2^-32: `subject` is who is asked, `purpose` what for, both whole numbers. */
export function uniform(seed: number, subject: number, purpose: number): number {
  let mixed = mix(seed ^ 0x9e37_79b9);
  mixed = mix(mixed ^ imul(subject + 1, 0x85eb_ca6b));
  mixed = mix(mixed ^ imul(purpose + 1, 0xc2b2_ae35));
  return (mixed + 0.5) / 2 ** 32;
}

/** The finaliser of 32 bits by C. Wellons (hash-prospector, "lowbias32", public domain): each bit depends on each. */
function mix(value: number): number {
  let mixed = value | 0;
  mixed = imul(mixed ^ (mixed >>> 16), 0x7feb_352d);
  mixed = imul(mixed ^ (mixed >>> 15), 0x846c_a68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * The standard normal quantile of a probability above 0 and below 1, by P. J. Acklam's rational approximation (2003);
 * relative error below 1.2e-9.
 */
export function normalQuantile(p: number): number {
  if (p < 0.02425) return tail(sqrt(-2 * log(p)));
  if (p > 1 - 0.02425) return -tail(sqrt(-2 * log(1 - p)));
  const q = p - 0.5;
  const r = q * q;
  const above =
    ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
    2.506628277459239;
  const below =
    ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
    1;
  return (above * q) / below;
}

function tail(q: number): number {
  const above =
    ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
      4.374664141464968) *
      q +
    2.938163982698783;
  const below =
    (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
  return above / below;
}
