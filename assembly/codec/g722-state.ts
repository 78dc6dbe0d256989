/**
 * One channel of ITU-T G.722, coder or decoder, octets. Two bands, the lower first; each is three rows of eight words of
 * 16 bits, so that eight channels turn into lanes row by row:
 *
 *   zero coefficients b1 … b6, offset by 32768 | pole coefficients a1, a2
 *   reconstructed signal doubled | unused | sign of the partial signal, two ticks | step logarithm | prediction |
 *   zero prediction | unused
 *   difference signal doubled, six ticks, newest first | unused
 */
import { QMF_STATE } from "./g722-qmf.ts";

export const COEFFICIENTS: usize = 0;
export const SIGNALS: usize = 16;
export const DIFFERENCES: usize = 32;
export const BAND_STATE: usize = 48;

// Words of the rows, octets from the band's beginning.
export const POLE_1: usize = COEFFICIENTS + 12;
export const POLE_2: usize = COEFFICIENTS + 14;
export const RECONSTRUCTED_1: usize = SIGNALS;
export const SIGN_1: usize = SIGNALS + 4;
export const SIGN_2: usize = SIGNALS + 6;
export const STEP_LOG: usize = SIGNALS + 8;
export const PREDICTION: usize = SIGNALS + 10;
export const ZERO_PREDICTION: usize = SIGNALS + 12;

/** The filters' pairs. */
export const QMF: usize = 2 * BAND_STATE;
/** 1, 2 or 3: 64, 56 or 48 kbit/s; the decoder's. */
export const MODE: usize = QMF + QMF_STATE;
export const G722_STATE: i32 = i32(MODE) + 16;

/** As after the reset of the recommendation; the memory is zero. */
export function openState(state: usize, mode: i32): void {
  for (let band: usize = 0; band < QMF; band += BAND_STATE)
    for (let n: usize = 0; n < 12; n += 2) store<u16>(state + band + COEFFICIENTS + n, 0x8000);
  store<i32>(state + MODE, mode);
}
