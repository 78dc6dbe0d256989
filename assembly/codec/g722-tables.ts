/**
 * Tables of ITU-T G.722. The quantizer of the lower band has 30 magnitudes; the predictor sees only eight classes of
 * them, which are the upper four of the six bits.
 */

/** Mantissas of the step size by the fraction of its logarithm, 2^11 and more. */
export const MANTISSAS: usize = memory.data<u16>([
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
  3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
]);

/** Each of the lower band's decision levels (of 2^14 times the step) beside 2^14; the last three are none. */
export const LOW_LEVELS: usize = memory.data<i16>(
  [
    140, 16384, 288, 16384, 440, 16384, 600, 16384, 760, 16384, 932, 16384, 1104, 16384, 1292, 16384, 1480, 16384, 1688,
    16384, 1892, 16384, 2120, 16384, 2348, 16384, 2600, 16384, 2856, 16384, 3144, 16384, 3432, 16384, 3760, 16384, 4092,
    16384, 4484, 16384, 4876, 16384, 5356, 16384, 5832, 16384, 6448, 16384, 7060, 16384, 7920, 16384, 8780, 16384,
    10228, 16384, 11676, 16384, 0, 16384, 0, 16384, 0, 16384,
  ],
  16,
);

/** Of each class of the lower band: the level in Q15 of the step, and W. */
export const LOW_CLASSES: usize = memory.data<i16>([
  0, -60, 1200, -30, 2584, 58, 4240, 172, 6288, 334, 8968, 538, 12896, 1198, 20456, 3042,
]);
