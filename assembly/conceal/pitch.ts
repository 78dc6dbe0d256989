/**
 * The pitch period of what was heard last: the lag of 5 to 15 ms with the highest normalised cross-correlation over
 * 20 ms (ITU-T G.711 Appendix I, I.2.2). All lags are tried at 4 kHz, those around the best at the full rate.
 */
import { fours, pairs } from "../rate/means.ts";
import { COARSE, ENERGIES, LINE_END, TEN_MS } from "./state.ts";

/** At 4 kHz: 5 ms, 15 ms and 20 ms. Lags are tried by fours, up to 63; what is found is at most LONGEST. */
const SHORTEST: i32 = 20;
const LONGEST: i32 = 60;
const TRIED: i32 = 44;
const SPAN: i32 = 80;
const COARSE_SAMPLES: i32 = 144;
/** 80 products of 12 bits squared stay below 2^31. */
const COARSE_BITS: i32 = 12;

/** Samples, from the row that ends at LINE_END. */
export function findPitch(state: usize): i32 {
  const tenMs = load<i32>(state, TEN_MS);
  const factor = tenMs / 40;
  lowerRate(state, factor);
  sumEnergies(state);
  const middle = bestCoarseLag(state) * factor;
  const lag = bestLagNear(state, middle, factor, tenMs * 2);
  return max<i32>(tenMs >> 1, min<i32>((tenMs * 3) >> 1, lag));
}

/** COARSE: means of two or four samples, made small enough to be summed. */
function lowerRate(state: usize, factor: i32): void {
  const to = state + COARSE;
  let from = state + LINE_END - usize(COARSE_SAMPLES * factor * 2);
  let bits = i16x8.splat(0);
  for (let at: usize = 0; at < usize(COARSE_SAMPLES * 2); at += 16) {
    const means = factor == 2 ? i16x8.narrow_i32x4_s(pairs(from), pairs(from + 16)) : fours(from);
    from += usize(factor * 16);
    v128.store(to + at, means);
    bits = v128.or(bits, i16x8.abs(means));
  }
  const high = i64x2.extract_lane(bits, 0) | i64x2.extract_lane(bits, 1);
  const folded = u32(high) | u32(high >>> 32);
  const shift = 32 - clz<u32>((folded | (folded >>> 16)) & 0xffff) - COARSE_BITS;
  if (shift <= 0) return;
  for (let at: usize = 0; at < usize(COARSE_SAMPLES * 2); at += 16) {
    v128.store(to + at, i16x8.shr_s(v128.load(to + at), shift));
  }
}

/** ENERGIES: of the span that begins each lag earlier than the last one. */
function sumEnergies(state: usize): void {
  let first = state + COARSE + usize((COARSE_SAMPLES - SPAN - SHORTEST) * 2);
  let sum = i32x4.splat(0);
  for (let at: usize = 0; at < usize(SPAN * 2); at += 16) {
    const eight = v128.load(first + at);
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(eight, eight));
  }
  let energy = sumOf(sum);
  for (let n = 0; n < TRIED; n++) {
    store<i32>(state + ENERGIES + usize(n << 2), energy);
    first -= 2;
    const enters = i32(load<i16>(first));
    const leaves = i32(load<i16>(first + usize(SPAN * 2)));
    energy += enters * enters - leaves * leaves;
  }
}

function bestCoarseLag(state: usize): i32 {
  const last = state + COARSE + usize((COARSE_SAMPLES - SPAN) * 2);
  let best = f32x4.splat(-1);
  let bestLag = i32x4.splat(SHORTEST);
  let lags = i32x4(SHORTEST, SHORTEST + 1, SHORTEST + 2, SHORTEST + 3);
  for (let n = 0; n < TRIED; n += 4) {
    const score = scoreOf(
      correlateFour(last, last - usize((SHORTEST + n) * 2)),
      v128.load(state + ENERGIES + usize(n << 2)),
    );
    const better = f32x4.gt(score, best);
    best = v128.bitselect(score, best, better);
    bestLag = v128.bitselect(lags, bestLag, better);
    lags = i32x4.add(lags, i32x4.splat(4));
  }
  return min<i32>(bestOf(best, bestLag), LONGEST);
}

/** Products of the span with those that begin at `to` and one, two and three samples before. */
function correlateFour(last: usize, to: usize): v128 {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  for (let at: usize = 0; at < usize(SPAN * 2); at += 16) {
    const eight = v128.load(last + at);
    a = i32x4.add(a, i32x4.dot_i16x8_s(eight, v128.load(to + at)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(eight, v128.load(to + at - 2)));
    c = i32x4.add(c, i32x4.dot_i16x8_s(eight, v128.load(to + at - 4)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(eight, v128.load(to + at - 6)));
  }
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.convert_i32x4_s(i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3)));
}

/** Correlation squared, with its sign, over energy. */
function scoreOf(correlation: v128, energy: v128): v128 {
  const power = f32x4.mul(correlation, f32x4.abs(correlation));
  return f32x4.div(power, f32x4.convert_i32x4_s(i32x4.max_s(energy, i32x4.splat(1))));
}

/**
 * Of the lags from `reach` before to `reach - 1` after `middle` that with the highest correlation over `span` samples;
 * their energies are nearly the same. In f32: a sum of `span` full-scale squares is too long for i32.
 */
function bestLagNear(state: usize, middle: i32, reach: i32, span: i32): i32 {
  const end = state + LINE_END;
  const first = end - usize(span * 2);
  let best = f32x4.splat(-3e38);
  let bestLag = i32x4.splat(middle);
  let lags = i32x4.add(i32x4.splat(middle - reach), i32x4(0, 1, 2, 3));
  for (let lag = middle - reach; lag < middle + reach; lag += 4) {
    const products = correlateFourLong(first, end, usize(lag * 2));
    const better = f32x4.gt(products, best);
    best = v128.bitselect(products, best, better);
    bestLag = v128.bitselect(lags, bestLag, better);
    lags = i32x4.add(lags, i32x4.splat(4));
  }
  return bestOf(best, bestLag);
}

function correlateFourLong(first: usize, end: usize, back: usize): v128 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (let now = first; now < end; now += 16) {
    const eight = v128.load(now);
    const before = now - back;
    a = f32x4.add(a, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(eight, v128.load(before))));
    b = f32x4.add(b, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(eight, v128.load(before - 2))));
    c = f32x4.add(c, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(eight, v128.load(before - 4))));
    d = f32x4.add(d, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(eight, v128.load(before - 6))));
  }
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

function sumOf(four: v128): i32 {
  const two = i32x4.add(four, v128.shuffle<i64>(four, four, 1, 0));
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
}

/** Of four bests: the shortest lag among the highest scores. */
function bestOf(scores: v128, lags: v128): i32 {
  const otherScores = v128.shuffle<i64>(scores, scores, 1, 0);
  const otherLags = v128.shuffle<i64>(lags, lags, 1, 0);
  const other = v128.or(
    f32x4.gt(otherScores, scores),
    v128.and(f32x4.eq(otherScores, scores), i32x4.lt_s(otherLags, lags)),
  );
  const score = v128.bitselect(otherScores, scores, other);
  const lag = v128.bitselect(otherLags, lags, other);
  const first = i32x4.extract_lane(lag, 0);
  const second = i32x4.extract_lane(lag, 1);
  const firstScore = f32x4.extract_lane(score, 0);
  const secondScore = f32x4.extract_lane(score, 1);
  if (secondScore > firstScore || (secondScore == firstScore && second < first)) return second;
  return first;
}
