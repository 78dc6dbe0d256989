/**
 * One channel of ITU-T G.726 at 32 kbit/s, coder or decoder, octets: three rows of eight words of 16 bits, so that eight
 * channels turn into lanes row by row, and one word of 32 bits.
 *
 *   predictor coefficients b1 … b6, a1, a2
 *   the signals they weigh, newest first, as floating-point codes: DQ1 … DQ6, SR1, SR2
 *   YU | DMS | DML | AP | TD (0 or -1) | PK1, PK2 (0 or -1) | unused
 *   YL
 *
 * A code is the sign in bit 15, the exponent plus 126 from bit 5 on, and below it the mantissa without its leading one.
 */
export const COEFFICIENTS: usize = 0;
export const CODES: usize = 16;
export const SCALARS: usize = 32;
export const YU: usize = SCALARS;
export const DMS: usize = SCALARS + 2;
export const DML: usize = SCALARS + 4;
export const AP: usize = SCALARS + 6;
export const TD: usize = SCALARS + 8;
export const PK1: usize = SCALARS + 10;
export const PK2: usize = SCALARS + 12;
export const YL: usize = 48;
export const G726_STATE: i32 = 64;

/** The code of zero: exponent 0, mantissa 32. */
export const CODE_ZERO: i32 = 126 << 5;

/** As after the reset of the recommendation; the memory is zero. */
export function openState(state: usize): void {
  for (let n: usize = 0; n < 16; n += 2) store<u16>(state + CODES + n, u16(CODE_ZERO));
  store<i16>(state + YU, 544);
  store<i32>(state + YL, 34816);
}
