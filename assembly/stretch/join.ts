/** From one place of a sound to another that is like it (lag.ts): so it becomes longer or shorter. */

/** A tenth of a thousandth less than 1, Q15. */
const WHOLE: i32 = 32767;

/**
 * `count` samples to `out`: they begin as those at `from`, and are those at `into` after `fade` samples, a multiple of 8
 * and at most `count`. `out` may be neither of the two, unless it is `into` itself.
 */
export function stretchJoin(from: usize, into: usize, out: usize, fade: i32, count: i32): void {
  const step = 32768 / (fade + 1);
  let rising = i16x8.mul(i16x8.splat(i16(step)), i16x8(1, 2, 3, 4, 5, 6, 7, 8));
  for (let n: usize = 0; n < usize(fade << 1); n += 16) {
    const falling = i16x8.sub(i16x8.splat(i16(WHOLE)), rising);
    const old = i16x8.q15mulr_sat_s(v128.load(from + n), falling);
    const next = i16x8.q15mulr_sat_s(v128.load(into + n), rising);
    v128.store(out + n, i16x8.add_sat_s(old, next));
    rising = i16x8.add_sat_s(rising, i16x8.splat(i16(step << 3)));
  }
  const done = usize(fade << 1);
  if (out != into) memory.copy(out + done, into + done, usize(count << 1) - done);
}
