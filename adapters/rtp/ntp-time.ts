/** Wall time as NTP writes it, seconds since 1900 (RFC 3550, 4; RFC 5905, 6). */

const secondsFrom1900To1970 = 2_208_988_800;

export interface NtpTime {
  /** Modulo 2^32: the era rolls over in 2036. */
  readonly ntpSeconds: number;
  /** In 1/2^32 s. */
  readonly ntpFraction: number;
}

/** The NTP time of milliseconds since 1970. */
export function ntpOf(unixMs: number): NtpTime {
  const seconds = Math.floor(unixMs / 1_000);
  return {
    ntpSeconds: (seconds + secondsFrom1900To1970) % 2 ** 32,
    ntpFraction: Math.floor(((unixMs - seconds * 1_000) / 1_000) * 2 ** 32),
  };
}

/** The middle 32 bits, in which RTCP counts: 1/65,536 s, modulo 18 hours. */
export function compactNtp({ ntpSeconds, ntpFraction }: NtpTime): number {
  return (((ntpSeconds & 0xffff) << 16) | (ntpFraction >>> 16)) >>> 0;
}
