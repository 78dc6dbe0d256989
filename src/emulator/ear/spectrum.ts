/** Power spectrum of a stretch of sound: Hann window, zero-padded radix-2 FFT. */
export class Spectrum {
  readonly #power: Float64Array;
  readonly #binHz: number;

  constructor(samples: Float64Array, rateHz: number) {
    let size = 1;
    while (size < samples.length) size *= 2;
    const real = new Float64Array(size);
    const imaginary = new Float64Array(size);
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    for (let n = 0; n < samples.length; n++) real[n] = ((samples[n] ?? 0) - mean) * hann(n, samples.length);
    transform(real, imaginary);
    this.#power = real.slice(0, size / 2).map((value, bin) => value ** 2 + (imaginary[bin] ?? 0) ** 2);
    this.#binHz = rateHz / size;
  }

  /** Frequency of the strongest component, interpolated between bins. */
  peakHz(): number {
    let peak = 1;
    for (let bin = 2; bin < this.#power.length - 1; bin++)
      if ((this.#power[bin] ?? 0) > (this.#power[peak] ?? 0)) peak = bin;
    const [left, middle, right] = [peak - 1, peak, peak + 1].map((bin) => Math.log((this.#power[bin] ?? 0) + 1e-9));
    if (left === undefined || middle === undefined || right === undefined) return peak * this.#binHz;
    const bend = left - 2 * middle + right;
    return (peak + (bend === 0 ? 0 : (left - right) / (2 * bend))) * this.#binHz;
  }
}

/** Hann window of `length` points. */
export function hann(n: number, length: number): number {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / length);
}

function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let n = 1, mirrored = 0; n < size; n++) {
    let bit = size >> 1;
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
    if (n < mirrored) swap(real, n, mirrored);
  }
  for (let span = 2; span <= size; span *= 2) butterflies(real, imaginary, span);
}

/** The imaginary part is all zero before the transform: only the real one is reordered. */
function swap(values: Float64Array, a: number, b: number): void {
  const kept = values[a] ?? 0;
  values[a] = values[b] ?? 0;
  values[b] = kept;
}

function butterflies(real: Float64Array, imaginary: Float64Array, span: number): void {
  const half = span / 2;
  for (let k = 0; k < half; k++) {
    const cos = Math.cos((2 * Math.PI * k) / span);
    const sin = -Math.sin((2 * Math.PI * k) / span);
    for (let even = k; even < real.length; even += span) {
      const odd = even + half;
      const re = (real[odd] ?? 0) * cos - (imaginary[odd] ?? 0) * sin;
      const im = (real[odd] ?? 0) * sin + (imaginary[odd] ?? 0) * cos;
      real[odd] = (real[even] ?? 0) - re;
      imaginary[odd] = (imaginary[even] ?? 0) - im;
      real[even] = (real[even] ?? 0) + re;
      imaginary[even] = (imaginary[even] ?? 0) + im;
    }
  }
}
