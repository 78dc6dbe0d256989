/**
 * Levels in dBm0. The reference is G.711 A-law: a sine at full scale is +3.14 dBm0 (ITU-T G.711 table 5),
 * so 0 dBm0 is a sine of peak 22828 in 16-bit samples, RMS 16142.
 */
export const FULL_SCALE_DBM0 = 3.14;
/** What digital silence is said to be. */
export const SILENCE_DBM0 = -120;

const rmsAtZero = (32768 / Math.SQRT2) * 10 ** (-FULL_SCALE_DBM0 / 20);

/** Peak of a sine at this level, in 16-bit samples. */
export function sinePeak(levelDbm0: number): number {
  return rmsAtZero * Math.SQRT2 * 10 ** (levelDbm0 / 20);
}

/** Level of a mean square of 16-bit samples. */
export function levelOf(meanSquare: number): number {
  if (meanSquare < 1e-3) return SILENCE_DBM0;
  return Math.max(SILENCE_DBM0, 10 * Math.log10(meanSquare) - 20 * Math.log10(rmsAtZero));
}

/** Mean square of 16-bit samples at this level. */
export function meanSquareOf(levelDbm0: number): number {
  return rmsAtZero ** 2 * 10 ** (levelDbm0 / 10);
}
