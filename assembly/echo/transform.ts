/**
 * The odd-frequency Fourier transform of 256 real samples:
 *
 *   X[k] = Σ x[n]·exp(-iπ(4k+1)n/256), k = 0…127
 *
 * These are the frequencies (4k+1)·15.625 Hz at 8 kHz; the other half of the odd ones are their conjugates. Products of
 * spectra are convolutions that wrap with the sign turned, which overlap-save throws away in any case, and there is no
 * bin at 0 Hz or at 4 kHz to be treated apart: 128 complex numbers, all alike. With z[n] = x[n] - i·x[n+128], twisted
 * by exp(-iπn/256), it is a complex transform of 128 points, done here as 4 × 8 × 4 in lanes of f32.
 *
 * A spectrum is 128 real parts, then 128 imaginary parts. Only + - * on f32: the same bits on every processor.
 */
import { COSINE, INNER, OUTER, SINE } from "./twiddle.ts";

/** Octets of 128 numbers; of a spectrum. */
export const HALF: usize = 512;
export const SPECTRUM: usize = 1024;

const ROOT_HALF: f32 = 0.70710678;

function mulRe(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return f32x4.sub(f32x4.mul(ar, br), f32x4.mul(ai, bi));
}

function mulIm(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return f32x4.add(f32x4.mul(ar, bi), f32x4.mul(ai, br));
}

/**
 * Complex transform, exp(-2πi·nk/128), of 128 points at `re` and `im` to `toRe` and `toIm`, which may be the same; `work`
 * is room for two spectra. With real and imaginary addresses exchanged on both sides it is the inverse, times 128.
 */
export function transform(re: usize, im: usize, toRe: usize, toIm: usize, work: usize): void {
  for (let j: usize = 0; j < 8; j++) outer(re + (j << 4), im + (j << 4), work + (j << 7), OUTER + j * 96);
  const next = work + SPECTRUM;
  for (let a: usize = 0; a < 128; a += 32) {
    eightEven(work + a, next + a);
    eightOdd(work + a, next + a + 128);
  }
  for (let c: usize = 0; c < 8; c++) four(next + (c << 7), toRe + (c << 4), toIm + (c << 4), INNER + (c << 3));
}

/** Four points a lane, 32 apart, times exp(-2πi·nk/128); then what was in a lane lies in a vector: real, imaginary, … */
function outer(re: usize, im: usize, to: usize, root: usize): void {
  const s0r = f32x4.add(v128.load(re), v128.load(re, 256));
  const s0i = f32x4.add(v128.load(im), v128.load(im, 256));
  const s1r = f32x4.sub(v128.load(re), v128.load(re, 256));
  const s1i = f32x4.sub(v128.load(im), v128.load(im, 256));
  const s2r = f32x4.add(v128.load(re, 128), v128.load(re, 384));
  const s2i = f32x4.add(v128.load(im, 128), v128.load(im, 384));
  const s3r = f32x4.sub(v128.load(re, 128), v128.load(re, 384));
  const s3i = f32x4.sub(v128.load(im, 128), v128.load(im, 384));
  const x1r = f32x4.add(s1r, s3i);
  const x1i = f32x4.sub(s1i, s3r);
  const x2r = f32x4.sub(s0r, s2r);
  const x2i = f32x4.sub(s0i, s2i);
  const x3r = f32x4.sub(s1r, s3i);
  const x3i = f32x4.add(s1i, s3r);
  const w1r = v128.load(root);
  const w1i = v128.load(root, 16);
  const w2r = v128.load(root, 32);
  const w2i = v128.load(root, 48);
  const w3r = v128.load(root, 64);
  const w3i = v128.load(root, 80);
  transpose(f32x4.add(s0r, s2r), mulRe(x1r, x1i, w1r, w1i), mulRe(x2r, x2i, w2r, w2i), mulRe(x3r, x3i, w3r, w3i), to);
  transpose(
    f32x4.add(s0i, s2i),
    mulIm(x1r, x1i, w1r, w1i),
    mulIm(x2r, x2i, w2r, w2i),
    mulIm(x3r, x3i, w3r, w3i),
    to + 16,
  );
}

function transpose(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 96);
}

/** The even ones of eight points, 128 octets apart, to `to`, 256 octets apart. */
function eightEven(at: usize, to: usize): void {
  const x0r = f32x4.add(v128.load(at), v128.load(at, 512));
  const x0i = f32x4.add(v128.load(at, 16), v128.load(at, 528));
  const x1r = f32x4.add(v128.load(at, 128), v128.load(at, 640));
  const x1i = f32x4.add(v128.load(at, 144), v128.load(at, 656));
  const x2r = f32x4.add(v128.load(at, 256), v128.load(at, 768));
  const x2i = f32x4.add(v128.load(at, 272), v128.load(at, 784));
  const x3r = f32x4.add(v128.load(at, 384), v128.load(at, 896));
  const x3i = f32x4.add(v128.load(at, 400), v128.load(at, 912));
  const s0r = f32x4.add(x0r, x2r);
  const s0i = f32x4.add(x0i, x2i);
  const s1r = f32x4.sub(x0r, x2r);
  const s1i = f32x4.sub(x0i, x2i);
  const s2r = f32x4.add(x1r, x3r);
  const s2i = f32x4.add(x1i, x3i);
  const s3r = f32x4.sub(x1r, x3r);
  const s3i = f32x4.sub(x1i, x3i);
  v128.store(to, f32x4.add(s0r, s2r));
  v128.store(to, f32x4.add(s0i, s2i), 16);
  v128.store(to, f32x4.add(s1r, s3i), 256);
  v128.store(to, f32x4.sub(s1i, s3r), 272);
  v128.store(to, f32x4.sub(s0r, s2r), 512);
  v128.store(to, f32x4.sub(s0i, s2i), 528);
  v128.store(to, f32x4.sub(s1r, s3i), 768);
  v128.store(to, f32x4.add(s1i, s3r), 784);
}

/** The odd ones; in between they turn by exp(-πi/4), -i, exp(-3πi/4). */
function eightOdd(at: usize, to: usize): void {
  const root = f32x4.splat(ROOT_HALF);
  const x0r = f32x4.sub(v128.load(at), v128.load(at, 512));
  const x0i = f32x4.sub(v128.load(at, 16), v128.load(at, 528));
  const d1r = f32x4.sub(v128.load(at, 128), v128.load(at, 640));
  const d1i = f32x4.sub(v128.load(at, 144), v128.load(at, 656));
  const d2r = f32x4.sub(v128.load(at, 256), v128.load(at, 768));
  const d2i = f32x4.sub(v128.load(at, 272), v128.load(at, 784));
  const d3r = f32x4.sub(v128.load(at, 384), v128.load(at, 896));
  const d3i = f32x4.sub(v128.load(at, 400), v128.load(at, 912));
  const x1r = f32x4.mul(f32x4.add(d1r, d1i), root);
  const x1i = f32x4.mul(f32x4.sub(d1i, d1r), root);
  const x3r = f32x4.mul(f32x4.sub(d3i, d3r), root);
  const x3i = f32x4.mul(f32x4.add(d3r, d3i), f32x4.neg(root));
  const s0r = f32x4.add(x0r, d2i);
  const s0i = f32x4.sub(x0i, d2r);
  const s1r = f32x4.sub(x0r, d2i);
  const s1i = f32x4.add(x0i, d2r);
  const s2r = f32x4.add(x1r, x3r);
  const s2i = f32x4.add(x1i, x3i);
  const s3r = f32x4.sub(x1r, x3r);
  const s3i = f32x4.sub(x1i, x3i);
  v128.store(to, f32x4.add(s0r, s2r));
  v128.store(to, f32x4.add(s0i, s2i), 16);
  v128.store(to, f32x4.add(s1r, s3i), 256);
  v128.store(to, f32x4.sub(s1i, s3r), 272);
  v128.store(to, f32x4.sub(s0r, s2r), 512);
  v128.store(to, f32x4.sub(s0i, s2i), 528);
  v128.store(to, f32x4.sub(s1r, s3i), 768);
  v128.store(to, f32x4.add(s1i, s3r), 784);
}

/** Four points, 32 octets apart, times exp(-2πi·ac/32); results 128 octets apart. */
function four(at: usize, toRe: usize, toIm: usize, root: usize): void {
  const x0r = v128.load(at);
  const x0i = v128.load(at, 16);
  const w1r = v128.load32_splat(root);
  const w1i = v128.load32_splat(root, 4);
  const x1r = f32x4.sub(f32x4.mul(v128.load(at, 32), w1r), f32x4.mul(v128.load(at, 48), w1i));
  const x1i = f32x4.add(f32x4.mul(v128.load(at, 32), w1i), f32x4.mul(v128.load(at, 48), w1r));
  const w2r = v128.load32_splat(root, 64);
  const w2i = v128.load32_splat(root, 68);
  const x2r = f32x4.sub(f32x4.mul(v128.load(at, 64), w2r), f32x4.mul(v128.load(at, 80), w2i));
  const x2i = f32x4.add(f32x4.mul(v128.load(at, 64), w2i), f32x4.mul(v128.load(at, 80), w2r));
  const w3r = v128.load32_splat(root, 128);
  const w3i = v128.load32_splat(root, 132);
  const x3r = f32x4.sub(f32x4.mul(v128.load(at, 96), w3r), f32x4.mul(v128.load(at, 112), w3i));
  const x3i = f32x4.add(f32x4.mul(v128.load(at, 96), w3i), f32x4.mul(v128.load(at, 112), w3r));
  const s0r = f32x4.add(x0r, x2r);
  const s0i = f32x4.add(x0i, x2i);
  const s1r = f32x4.sub(x0r, x2r);
  const s1i = f32x4.sub(x0i, x2i);
  const s2r = f32x4.add(x1r, x3r);
  const s2i = f32x4.add(x1i, x3i);
  const s3r = f32x4.sub(x1r, x3r);
  const s3i = f32x4.sub(x1i, x3i);
  v128.store(toRe, f32x4.add(s0r, s2r));
  v128.store(toIm, f32x4.add(s0i, s2i));
  v128.store(toRe, f32x4.add(s1r, s3i), 128);
  v128.store(toIm, f32x4.sub(s1i, s3r), 128);
  v128.store(toRe, f32x4.sub(s0r, s2r), 256);
  v128.store(toIm, f32x4.sub(s0i, s2i), 256);
  v128.store(toRe, f32x4.sub(s1r, s3i), 384);
  v128.store(toIm, f32x4.add(s1i, s3r), 384);
}

/** Spectrum of 256 samples (i16) at `samples`; `from` is room for a spectrum, `work` for two. */
export function spectrumOfSamples(samples: usize, to: usize, from: usize, work: usize): void {
  for (let n: usize = 0; n < 128; n += 4) {
    const early = f32x4.convert_i32x4_s(v128.load16x4_s(samples + (n << 1)));
    const late = f32x4.convert_i32x4_s(v128.load16x4_s(samples + (n << 1), 256));
    const c = v128.load(COSINE + (n << 2));
    const s = v128.load(SINE + (n << 2));
    const at = from + (n << 2);
    v128.store(at, f32x4.sub(f32x4.mul(early, c), f32x4.mul(late, s)));
    v128.store(at, f32x4.neg(f32x4.add(f32x4.mul(early, s), f32x4.mul(late, c))), 512);
  }
  transform(from, from + HALF, to, to + HALF, work);
}

/** Spectrum of 176 zeros and 80 numbers (f32) at `numbers`. */
export function spectrumOfLast80(numbers: usize, to: usize, from: usize, work: usize): void {
  const zero = i32x4.splat(0);
  for (let n: usize = 0; n < 48; n += 4) {
    v128.store(from + (n << 2), zero);
    v128.store(from + (n << 2), zero, 512);
  }
  for (let n: usize = 48; n < 128; n += 4) {
    const late = f32x4.neg(v128.load(numbers + ((n - 48) << 2)));
    const at = from + (n << 2);
    v128.store(at, f32x4.mul(late, v128.load(SINE + (n << 2))));
    v128.store(at, f32x4.mul(late, v128.load(COSINE + (n << 2))), 512);
  }
  transform(from, from + HALF, to, to + HALF, work);
}

/** The last 80 of the 256 numbers whose spectrum this is, to `numbers` (f32). */
export function last80OfSpectrum(spectrum: usize, numbers: usize, to: usize, work: usize): void {
  transform(spectrum + HALF, spectrum, to + HALF, to, work);
  const scale = f32x4.splat(-1.0 / 128.0);
  for (let n: usize = 48; n < 128; n += 4) {
    const at = to + (n << 2);
    const im = f32x4.add(
      f32x4.mul(v128.load(at), v128.load(SINE + (n << 2))),
      f32x4.mul(v128.load(at, 512), v128.load(COSINE + (n << 2))),
    );
    v128.store(numbers + ((n - 48) << 2), f32x4.mul(im, scale));
  }
}

/** Makes all but the first `taps` (a multiple of 4, up to 176) of the 256 numbers zero whose spectrum this is. */
export function constrain(spectrum: usize, taps: i32, from: usize, work: usize): void {
  transform(spectrum + HALF, spectrum, from + HALF, from, work);
  const scale = f32x4.splat(1.0 / 128.0);
  for (let n: usize = 0; n < 128; n += 4) {
    const at = from + (n << 2);
    const zr = f32x4.mul(v128.load(at), scale);
    const zi = f32x4.mul(v128.load(at, 512), scale);
    const c = v128.load(COSINE + (n << 2));
    const s = v128.load(SINE + (n << 2));
    // Untwisted: the real part is number n, the imaginary part minus number n + 128.
    const early = i32(n) < taps ? f32x4.sub(f32x4.mul(zr, c), f32x4.mul(zi, s)) : f32x4.splat(0);
    const late = i32(n) + 128 < taps ? f32x4.add(f32x4.mul(zr, s), f32x4.mul(zi, c)) : f32x4.splat(0);
    v128.store(at, f32x4.add(f32x4.mul(early, c), f32x4.mul(late, s)));
    v128.store(at, f32x4.sub(f32x4.mul(late, c), f32x4.mul(early, s)), 512);
  }
  transform(from, from + HALF, spectrum, spectrum + HALF, work);
}
