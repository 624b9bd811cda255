/** 16 kHz to the 8 kHz of the telephone network. */

const cutoffHz = 3_700;
const taps = 97;

/**
 * A low-pass for 16 kHz: a sinc under a Kaiser window (Kaiser, 1974) that lets pass what is below 3.4 kHz and
 * takes 60 dB from what is above 4 kHz and would fold back into the band.
 */
const lowPass: Float64Array = (() => {
  const beta = 5.65;
  const middle = (taps - 1) / 2;
  const window = Float64Array.from({ length: taps }, (_, tap) => {
    return bessel(beta * Math.sqrt(1 - ((tap - middle) / middle) ** 2));
  });
  const kernel = window.map((weight, tap) => {
    const angle = (2 * Math.PI * cutoffHz * (tap - middle)) / 16_000;
    return weight * (angle === 0 ? 1 : Math.sin(angle) / angle);
  });
  const sum = kernel.reduce((total, value) => total + value, 0);
  return kernel.map((value) => value / sum);
})();

/** The modified Bessel function of the first kind, order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Samples `from` to `to` (not included) of the 8 kHz audio that 16 kHz audio becomes, in time with it. */
export function halveRate(source: Int16Array, from: number, to: number): Int16Array {
  const middle = (taps - 1) / 2;
  return Int16Array.from({ length: to - from }, (_, index) => {
    const centre = (from + index) * 2;
    const first = Math.max(0, middle - centre);
    const last = Math.min(taps, source.length + middle - centre);
    let sum = 0;
    for (let tap = first; tap < last; tap++) {
      sum += (lowPass[tap] as number) * (source[centre + tap - middle] as number);
    }
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  });
}
