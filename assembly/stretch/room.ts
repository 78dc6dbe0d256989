/** Room that the search of a lag (lag.ts) needs, octets; and where in it lies what it found. */
export const STRETCH_ROOM = 256;
/** f32: how alike the two places are, -1 to 1; 0 when nothing was found. */
export const STRETCH_ALIKE = 240;
