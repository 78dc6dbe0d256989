/** Filters of assembly/rate, made by assembly/rate/design.mjs: pass and stop bands stand there. */

/** 8 to 16 kHz: of each pair of samples the two taps of the even output and of the odd. Blocks of 4, 4, 4, 4, 3 pairs, in Q18, Q18, Q16, Q16, Q14. */
// biome-ignore format: a table
export const UP_TAPS: usize = memory.data<i16>([
  -191, -1055, 26, -736, 709, -549, -415, 753, 348, 210, -1130, 1675, -983, 2145, -2080, 2391,
  2391, -2080, 2145, -983, 1675, -1130, 210, 348, 753, -415, -549, 709, -736, 26, -1055, -191,
  -868, 1263, -572, 448, -1623, 1951, -136, -340, -2115, 2081, 1069, -2020, -1663, 684, 3292, -4925,
  -4925, 3292, 684, -1663, -2020, 1069, 2081, -2115, -340, -136, 1951, -1623, 448, -572, 1263, -868,
  369, -1760, 1810, -2789, 13695, 5803, 5803, 13695, -2789, 1810, -1760, 369,
]);
/** Where the samples of each block begin, in octets from the oldest one. */
export const UP_STARTS: usize = memory.data<u8>([0, 60, 16, 44, 32]);

/** 16 to 8 kHz: the two taps of each pair of samples. Blocks of 8, 8, 8, 8, 8 pairs, in Q18, Q18, Q16, Q16, Q14. */
// biome-ignore format: a table
export const DOWN_TAPS: usize = memory.data<i16>([
  95, 297, 389, 116, -326, -342, 200, 524, 5, -647, -261, 755, 686, -667, -1154, 367,
  367, -1154, -667, 686, 755, -261, -647, 5, 524, 200, -342, -326, 116, 389, 297, 95,
  401, 44, -490, -255, 504, 508, -434, -802, 226, 1077, 124, -1300, -643, 1416, 1381, -1289,
  -1289, 1381, 1416, -643, -1300, 124, 1077, 226, -802, -434, 508, 504, -255, -490, 44, 401,
  -575, 221, 905, 45, -1437, -754, 2976, 6737, 6737, 2976, -754, -1437, 45, 905, 221, -575,
]);
/** Where the samples of each block begin, in octets from the oldest one. */
export const DOWN_STARTS: usize = memory.data<u8>([0, 128, 32, 96, 64]);
