/**
 * Round trip of RTCP, RFC 3550 §6.4.1, ms: from a report block about our own stream. Null when the far end has had no
 * sender report of ours yet, or when the result can not be: a clock was set, or somebody lies.
 *
 * @param lastReport LSR: the middle 32 bits of the NTP time of the sender report it speaks of
 * @param delay DLSR: what it waited since, 1/65536 s
 * @param arrival when the block came here, milliseconds since 1970 by the clock that wrote the sender report
 */
export function roundTripMs(lastReport: number, delay: number, arrival: number): number | null {
  if (lastReport === 0) return null;
  const units = (ntpMiddle(arrival) - lastReport - delay) | 0;
  // A clock tick of rounding is no lie; a minute of round trip is.
  if (units < -66 || units > 60 * 65536) return null;
  return (Math.max(0, units) * 1000) / 65536;
}

/** Seconds from 1900 to 1970. */
const NTP_EPOCH = 2_208_988_800;

/** Middle 32 bits of the NTP time of a moment, unsigned. */
export function ntpMiddle(wallClock: number): number {
  const seconds = wallClock / 1000 + NTP_EPOCH;
  return Math.floor((seconds % 65536) * 65536) >>> 0;
}
