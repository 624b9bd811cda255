/** Tails of sums of many small chances. */

// Looked up once: where tests run, each look at a global costs more than what it does.
const { ceil, exp, sqrt, PI } = Math;

const manyVariance = 20;

/**
 * P(X ≥ least) of a sum X of independent chances, less a certain number, by its mean and variance: a translated Poisson
 * distribution (Röllin 2007), normal where the variance is large.
 */
export function tailOf(mean: number, variance: number, least: number): number {
  if (variance < 1e-9) return mean >= least ? 1 : 0;
  if (variance > manyVariance) return 1 - normalBelow((least - 0.5 - mean) / sqrt(variance));
  const from = least - mean + variance;
  if (from <= 0) return 1;
  const whole = ceil(from);
  // Between whole numbers the tail is taken for straight.
  const part = whole - from;
  let term = exp(-variance);
  let below = 0;
  for (let k = 0; k < whole - 1; k++) {
    below += term;
    term *= variance / (k + 1);
  }
  const tail = 1 - below - term + part * term;
  return tail > 0 ? tail : 0;
}

/** Of the standard normal distribution. */
export function normalDensity(z: number): number {
  return exp((-z * z) / 2) / sqrt(2 * PI);
}

/** The standard normal distribution function (Abramowitz and Stegun, 26.2.17; error below 7.5e-8). */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * (z < 0 ? -z : z));
  const series =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const upper = normalDensity(z) * series;
  return z < 0 ? upper : 1 - upper;
}
