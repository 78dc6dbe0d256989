import {
  CROSS_SLOW,
  ECHO_SLOW,
  ECHO_SPECTRUM,
  EXPECTED,
  FAR_HELD,
  FROM,
  farSpectra,
  filterOf,
  LEFT_PSD,
  LEFT_SLOW,
  LEFT_SPECTRUM,
  NEAR_POWER,
  PARTITIONS,
  RESIDUAL,
  SHARE,
  SLOT,
  STRENGTH,
  varianceOf,
} from "./state.ts";

/** A block has 80 of 256 samples, so its noise weighs 3.2 times; less, because what is left is not all noise. */
const CAUTION: f32 = 2.4;
/** Keeps the division off zero: rounding errors of digital silence. */
const FLOOR: f32 = 100000;
/**
 * Of a full step, the part that is believed. 80/256 would be the truth if frequencies did not depend on each other; and
 * voiced speech is much the same in neighbouring partitions, which a few confuse for long and many share out.
 */
const DECLINE_OF_ONE: f32 = 0.08;
const DECLINE_OF_MORE: f32 = 0.03;
const DECLINE_EACH: f32 = 0.013;
/** What the variance grows by in a block, as a part of the residual: whatever is left may be the filter's fault. */
const DRIFT: f32 = 0.03;
/** Of the far end's power, the most that a hybrid returns; how much more of it counts. */
const LOUDEST_ECHO: f32 = 0.5;
const MOST_OVER: f32 = 8;
/** Share of the adaption of a partition without echo, of the strongest one's. */
const LEAST_SHARE: f32 = 0.3;

/** Spectrum of the echo as the filter has it, and the power of the residual echo to be expected. */
export function applyFilter(state: usize): void {
  const partitions = load<i32>(state, PARTITIONS);
  const spectra = farSpectra(state);
  const room = usize(partitions) * 2048;
  const newest = spectra + (usize(load<i32>(state, SLOT)) << 10);
  const filter = filterOf(state, partitions);
  const variance = varianceOf(state, partitions);
  for (let k: usize = 0; k < 512; k += 16) {
    let far = newest + k;
    let re = f32x4.splat(0);
    let im = f32x4.splat(0);
    let expected = f32x4.splat(0);
    for (let p: usize = 0; p < usize(partitions); p++) {
      const w = filter + (p << 10) + k;
      const xr = v128.load(far);
      const xi = v128.load(far, 512);
      const wr = v128.load(w);
      const wi = v128.load(w, 512);
      re = f32x4.add(re, f32x4.sub(f32x4.mul(wr, xr), f32x4.mul(wi, xi)));
      im = f32x4.add(im, f32x4.add(f32x4.mul(wr, xi), f32x4.mul(wi, xr)));
      const power = f32x4.add(f32x4.mul(xr, xr), f32x4.mul(xi, xi));
      const uncertain = f32x4.mul(v128.load(variance + (p << 9) + k), v128.load32_splat(state + (p << 2), SHARE));
      expected = f32x4.add(expected, f32x4.mul(power, uncertain));
      far = far < spectra + 2048 ? far + room - 2048 : far - 2048;
    }
    v128.store(state + k, re, ECHO_SPECTRUM);
    v128.store(state + k, im, ECHO_SPECTRUM + 512);
    v128.store(state + k, expected, EXPECTED);
  }
}

/** One step of the filter. `caution`: times by which what is left counts as noise. */
export function adaptFilter(state: usize, caution: f32): void {
  const partitions = load<i32>(state, PARTITIONS);
  const spectra = farSpectra(state);
  const room = usize(partitions) * 2048;
  const newest = spectra + (usize(load<i32>(state, SLOT)) << 10);
  const filter = filterOf(state, partitions);
  const variance = varianceOf(state, partitions);
  const noiseGain = f32x4.splat(CAUTION * caution);
  const floor = f32x4.splat(FLOOR);
  const shrink = f32x4.splat(partitions == 1 ? DECLINE_OF_ONE : DECLINE_OF_MORE + f32(partitions) * DECLINE_EACH);
  const grow = f32x4.splat(load<f32>(state, RESIDUAL) * DRIFT);
  const half = f32x4.splat(0.5);
  for (let k: usize = 0; k < 512; k += 16) {
    const er = v128.load(state + k, LEFT_SPECTRUM);
    const ei = v128.load(state + k, LEFT_SPECTRUM + 512);
    const e2 = f32x4.add(f32x4.mul(er, er), f32x4.mul(ei, ei));
    const psd = f32x4.mul(f32x4.add(v128.load(state + k, LEFT_PSD), e2), half);
    v128.store(state + k, psd, LEFT_PSD);
    const noise = f32x4.mul(f32x4.max(psd, e2), noiseGain);
    const inverse = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.add(v128.load(state + k, EXPECTED), noise), floor));
    let far = newest + k;
    for (let p: usize = 0; p < usize(partitions); p++) {
      const w = filter + (p << 10) + k;
      const v = variance + (p << 9) + k;
      const xr = v128.load(far);
      const xi = v128.load(far, 512);
      const own = v128.load(v);
      const gain = f32x4.mul(f32x4.mul(own, v128.load32_splat(state + (p << 2), SHARE)), inverse);
      const gr = f32x4.mul(gain, er);
      const gi = f32x4.mul(gain, ei);
      const wr = f32x4.add(v128.load(w), f32x4.add(f32x4.mul(xr, gr), f32x4.mul(xi, gi)));
      const wi = f32x4.add(v128.load(w, 512), f32x4.sub(f32x4.mul(xr, gi), f32x4.mul(xi, gr)));
      v128.store(w, wr);
      v128.store(w, wi, 512);
      const power = f32x4.add(f32x4.mul(xr, xr), f32x4.mul(xi, xi));
      const left = f32x4.sub(own, f32x4.mul(f32x4.mul(own, shrink), f32x4.mul(gain, power)));
      const w2 = f32x4.add(f32x4.mul(wr, wr), f32x4.mul(wi, wi));
      v128.store(v, f32x4.add(left, f32x4.mul(w2, grow)));
      far = far < spectra + 2048 ? far + room - 2048 : far - 2048;
    }
  }
}

/** 1, and more when the near end is louder than a hybrid can make the far end: then somebody talks there. */
export function talkOver(state: usize): f32 {
  const over = load<f32>(state, NEAR_POWER) / (load<f32>(state, FAR_HELD) * LOUDEST_ECHO + <f32>(80 * 64));
  const bounded = min(max<f32>(over, 1), MOST_OVER);
  return bounded * bounded;
}

/** Partitions that hold more of the echo adapt faster: most of a long tail is delay or silence. */
export function shareOut(state: usize, partition: i32): void {
  const partitions = load<i32>(state, PARTITIONS);
  const filter = filterOf(state, partitions) + (usize(partition) << 10);
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < 512; k += 16) sum = f32x4.add(sum, powerAt(filter + k));
  v128.store(state, sum, FROM);
  store<f32>(state + (usize(partition) << 2), sqrt<f32>(sumAt(state + FROM)), STRENGTH);
  let strongest: f32 = 1e-6;
  let total: f32 = 0;
  for (let p: usize = 0; p < usize(partitions) << 2; p += 4) {
    strongest = max(strongest, load<f32>(state + p, STRENGTH));
    total += load<f32>(state + p, STRENGTH);
  }
  const least = strongest * LEAST_SHARE;
  const scale = f32(partitions) / (total + least * f32(partitions));
  for (let p: usize = 0; p < usize(partitions) << 2; p += 4)
    store<f32>(state + p, (load<f32>(state + p, STRENGTH) + least) * scale, SHARE);
}

/** Sum of the four numbers there. */
export function sumAt(four: usize): f32 {
  return load<f32>(four) + load<f32>(four, 4) + (load<f32>(four, 8) + load<f32>(four, 12));
}

/** The echo path is another: the filter may be as wrong as what is left follows from the echo, at any of its taps. */
export function reopenFilter(state: usize): void {
  const partitions = load<i32>(state, PARTITIONS);
  const filter = filterOf(state, partitions);
  const variance = varianceOf(state, partitions);
  const slope = load<f32>(state, CROSS_SLOW) / load<f32>(state, ECHO_SLOW);
  const wrong = min<f32>(slope * slope * 4, load<f32>(state, LEFT_SLOW) / load<f32>(state, ECHO_SLOW));
  let sum = f32x4.splat(0);
  for (let w: usize = 0; w < usize(partitions) << 10; w += 16) {
    const half = v128.load(filter + w);
    sum = f32x4.add(sum, f32x4.mul(half, half));
  }
  v128.store(state, sum, FROM);
  const even = f32x4.splat((wrong * <f32>0.5 * sumAt(state + FROM)) / f32(partitions << 7));
  const share = f32x4.splat(wrong * <f32>0.5);
  for (let p: usize = 0; p < usize(partitions); p++) {
    for (let k: usize = 0; k < 512; k += 16) {
      const v = variance + (p << 9) + k;
      const raised = f32x4.add(f32x4.mul(powerAt(filter + (p << 10) + k), share), even);
      v128.store(v, f32x4.max(v128.load(v), raised));
    }
  }
}

export function powerAt(number: usize): v128 {
  const re = v128.load(number);
  const im = v128.load(number, 512);
  return f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im));
}
