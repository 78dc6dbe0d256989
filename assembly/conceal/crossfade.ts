/** A tenth of a thousandth less than 1, Q15. */
const WHOLE: i32 = 32767;

/** From one sound to the other in `count` samples; up to 7 more of `to` are written, as they are. */
export function crossfade(from: usize, into: usize, out: usize, count: i32): void {
  const step = 32768 / (count + 1);
  let rising = i16x8.mul(i16x8.splat(i16(step)), i16x8(1, 2, 3, 4, 5, 6, 7, 8));
  for (let n: usize = 0; n < usize(count << 1); n += 16) {
    const falling = i16x8.sub(i16x8.splat(i16(WHOLE)), rising);
    const old = i16x8.q15mulr_sat_s(v128.load(from + n), falling);
    const next = i16x8.q15mulr_sat_s(v128.load(into + n), rising);
    v128.store(out + n, i16x8.add_sat_s(old, next));
    rising = i16x8.add_sat_s(rising, i16x8.splat(i16(step * 8)));
  }
}
