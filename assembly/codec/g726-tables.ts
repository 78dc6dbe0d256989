/** Tables of ITU-T G.726 at 32 kbit/s. */

/** One less than the decision levels of the quantizer, logarithms to base 2 times 128; the last is none. */
export const LEVELS: usize = memory.data<i16>([-125, 79, 177, 245, 299, 348, 399, 32767], 16);

/** Of each magnitude of a code word: the logarithm of the quantized difference, W, F times 512, nothing. */
export const CLASSES: usize = memory.data<i16>([
  -2048, -12, 0, 0, 4, 18, 0, 0, 135, 41, 0, 0, 213, 64, 512, 0, 273, 112, 512, 0, 323, 198, 512, 0, 373, 355, 1536, 0,
  425, 1122, 3584, 0,
]);
