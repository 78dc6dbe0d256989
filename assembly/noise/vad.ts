/**
 * Voice activity: whether somebody speaks, in steps of 10 ms. Speech is what rises above the background in its level,
 * or in the level of its differences from sample to sample: the latter hears an s or f that the former does not, and
 * does not hear hum. The background is the lowest level of the last 1.5 to 2 s.
 *
 * In doubt it is speech: what is louder than -36 dBm0 always is, so that tones and music are, and whatever comes
 * before the background is known.
 */

/** Addresses in the state: bands of 24 octets each, f32: smoothed level, then the lowest of this and earlier buckets. */
const TEN_MS: usize = 0;
const STEPS: usize = 4;
const RUN: usize = 8;
const HANG: usize = 12;
const BANDS: usize = 16;
const BAND: usize = 24;
const SMOOTHED: usize = 0;
const LOWEST: usize = 4;

/** Steps in a bucket, 0.5 s, and buckets. */
const BUCKET: i32 = 50;
const BUCKETS: i32 = 4;
/** Shares of what a step adds to the smoothed level. */
const SMOOTHING: f32 = 0.25;
/** Above the background by 6 dB in a step, or by 4 dB smoothed: the lowest of many levels lies 1 to 2 dB too low. */
const RISE: f32 = 6.3;
const SMOOTHED_RISE: f32 = 4;
/** Mean squares: -36 and -62 dBm0 at +3.14 dBm0 for a full-scale sine. */
const ALWAYS: f32 = 65500;
const NEVER: f32 = 164;
/** Steps of speech until it is one, and how long it goes on in the pauses after it; then shorter ones. */
const BURST: i32 = 5;
const HANG_OVER: i32 = 18;
const SHORT_HANG_OVER: i32 = 6;
const NOT_KNOWN: f32 = 3e38;

/** `rate`: 8000 or 16000; the state is zeroed. */
export function vadOpen(state: usize, rate: i32): void {
  store<i32>(state, rate / 100, TEN_MS);
  for (let band = state + BANDS; band <= state + BANDS + BAND; band += BAND) {
    for (let n = 0; n < BUCKETS; n++) store<f32>(band + usize(n << 2), NOT_KNOWN, LOWEST);
  }
}

/** 1 when there is speech in these samples, or was shortly before; `count` is a multiple of 10 ms. */
export function vadFrame(state: usize, samples: usize, count: i32): i32 {
  const tenMs = load<i32>(state, TEN_MS);
  let active = 0;
  for (let done = 0; done < count; done += tenMs) active |= step(state, samples + usize(done << 1), tenMs);
  return active;
}

function step(state: usize, samples: usize, tenMs: i32): i32 {
  const steps = load<i32>(state, STEPS) + 1;
  store<i32>(state, steps == BUCKET ? 0 : steps, STEPS);
  const level = meanSquare(samples, tenMs);
  const rises = follow(state + BANDS, level, steps == BUCKET);
  const hisses = follow(state + BANDS + BAND, meanSquareOfDifferences(samples, tenMs), steps == BUCKET);
  const speaks = level > ALWAYS || (level > NEVER && (rises | hisses) != 0);
  const run = load<i32>(state, RUN);
  const hang = load<i32>(state, HANG);
  if (speaks) {
    store<i32>(state, run + 1, RUN);
    store<i32>(state, max<i32>(hang, run + 1 >= BURST ? HANG_OVER : SHORT_HANG_OVER), HANG);
    return 1;
  }
  store<i32>(state, 0, RUN);
  if (hang == 0) return 0;
  store<i32>(state, hang - 1, HANG);
  return 1;
}

/** Takes note of a band's level; 1 when it is above the background. */
function follow(band: usize, level: f32, bucketEnds: bool): i32 {
  const before = load<f32>(band, SMOOTHED);
  const smoothed = before == 0 ? level : before + (level - before) * SMOOTHING;
  store<f32>(band, smoothed, SMOOTHED);
  let background = NOT_KNOWN;
  for (let n = 0; n < BUCKETS; n++) background = min<f32>(background, load<f32>(band + usize(n << 2), LOWEST));
  store<f32>(band, min<f32>(load<f32>(band, LOWEST), smoothed), LOWEST);
  if (bucketEnds) {
    for (let n = BUCKETS - 1; n > 0; n--) {
      store<f32>(band + usize(n << 2), load<f32>(band + usize((n - 1) << 2), LOWEST), LOWEST);
    }
    store<f32>(band, smoothed, LOWEST);
  }
  return i32(background == NOT_KNOWN || level > background * RISE || smoothed > background * SMOOTHED_RISE);
}

function meanSquare(samples: usize, count: i32): f32 {
  let sum = f32x4.splat(0);
  for (let at = samples; at < samples + usize(count << 1); at += 16) {
    const eight = v128.load(at);
    sum = f32x4.add(sum, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(eight, eight)));
  }
  return total(sum) / f32(count);
}

/** Of the differences within eights: one in eight is missing. Halved, to fit 16 bits; 4 times 8/7 makes up for both. */
function meanSquareOfDifferences(samples: usize, count: i32): f32 {
  let sum = f32x4.splat(0);
  for (let at = samples; at < samples + usize(count << 1); at += 16) {
    const eight = i16x8.shr_s(v128.load(at), 1);
    const next = v128.shuffle<i16>(eight, eight, 1, 2, 3, 4, 5, 6, 7, 7);
    const differences = i16x8.sub(next, eight);
    sum = f32x4.add(sum, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(differences, differences)));
  }
  return (total(sum) * 4.571428) / f32(count);
}

function total(four: v128): f32 {
  const two = f32x4.add(four, v128.shuffle<i64>(four, four, 1, 0));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}
