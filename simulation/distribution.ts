/** How long things last: distributions as a scenario writes them, and as the simulator draws from them. */
import { z } from 'zod';
import { normalQuantile } from './chance.ts';
import { duration } from './duration.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp, log } = Math;

const one = {
  /** Always the same. */
  exactly: z.strictObject({ exactly: duration }),
  /** Any length between the two, all as likely. */
  uniform: z.strictObject({ uniform: z.strictObject({ from: duration, to: duration }) }),
  /** Memoryless. */
  exponential: z.strictObject({ exponential: z.strictObject({ mean: duration }) }),
  /** By its median and the standard deviation of its logarithm: what talk times are like (Brown et al. 2005, 4.1). */
  lognormal: z.strictObject({
    lognormal: z.strictObject({ median: duration, sigma: z.number().min(0).max(3) }),
  }),
};

const simple = z.union([one.exactly, one.uniform, one.exponential, one.lognormal], {
  error: 'must be one of exactly, uniform {from, to}, exponential {mean} and lognormal {median, sigma}',
});

/** One of the four, or a list of several, each with `share`, its weight, and `is`. */
export const distribution = z.union(
  [simple, z.array(z.strictObject({ share: z.number().positive(), is: simple })).min(1)],
  {
    error:
      'must be exactly, uniform {from, to}, exponential {mean} or lognormal {median, sigma}, or a list of {share, is}',
  },
);

type Simple = z.output<typeof simple>;
export type Distribution = z.output<typeof distribution>;

/** Milliseconds from two numbers between 0 and 1: `pick` chooses the part of a mixture, `at` the quantile in it. */
export type Sampler = (pick: number, at: number) => number;

/** What draws from a distribution. */
export function sampler(of: Distribution): Sampler {
  if (!Array.isArray(of)) {
    const quantile = quantileOf(of);
    return (_pick, at) => quantile(at);
  }
  const total = of.reduce((sum, { share }) => sum + share, 0);
  let sum = 0;
  const parts = of.map(({ share, is }) => {
    sum += share / total;
    return { upTo: sum, quantile: quantileOf(is) };
  });
  const last = quantileOf((of.at(-1) as { is: Simple }).is);
  return (pick, at) => (parts.find(({ upTo }) => pick < upTo)?.quantile ?? last)(at);
}

function quantileOf(of: Simple): (at: number) => number {
  if ('exactly' in of) return () => of.exactly;
  if ('uniform' in of) return (at) => of.uniform.from + at * (of.uniform.to - of.uniform.from);
  if ('exponential' in of) return (at) => -of.exponential.mean * log(1 - at);
  const { median, sigma } = of.lognormal;
  return (at) => median * exp(sigma * normalQuantile(at));
}
