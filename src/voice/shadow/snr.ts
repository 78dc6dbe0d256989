/** The range of one frame's ratio in the segmental mean: beyond it the ear hears no difference (Hansen and Pellom 1998). */
export const LEAST_DB = -10;
export const MOST_DB = 35;
/** A frame that is quieter than -50 dBm0 has no sound; a full-scale sine has +3.14 dBm0 and a mean square of 2^29. */
const SOUND = 2 ** 29 * 10 ** ((-50 - 3.14) / 10);

/** Signal-to-noise ratio of one frame, dB, within LEAST_DB to MOST_DB; null when the reference has no sound. */
export function frameSnr(reference: Int16Array, other: Int16Array): number | null {
  let signal = 0;
  let noise = 0;
  for (let n = 0; n < reference.length; n++) {
    const sample = reference[n] ?? 0;
    const error = sample - (other[n] ?? 0);
    signal += sample * sample;
    noise += error * error;
  }
  if (signal < SOUND * reference.length) return null;
  if (noise === 0) return MOST_DB;
  return Math.min(MOST_DB, Math.max(LEAST_DB, 10 * Math.log10(signal / noise)));
}

/** How many bits of the octets differ; those that only one of the two has do all. */
export function bitsDifferent(one: Uint8Array, other: Uint8Array): number {
  const common = Math.min(one.length, other.length);
  let bits = 8 * (Math.max(one.length, other.length) - common);
  for (let n = 0; n < common; n++) bits += ones((one[n] ?? 0) ^ (other[n] ?? 0));
  return bits;
}

function ones(octet: number): number {
  let bits = 0;
  for (let left = octet; left !== 0; left &= left - 1) bits++;
  return bits;
}
