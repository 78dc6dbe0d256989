/** How far a sound is from what it should be, as an ear would judge: never by SNR (concealed speech has none). */

const SPAN = 256;
const HOP = 80;
/** The ear does not hear single harmonics move: bands of about 190 Hz. */
const BINS = 6;
const BANDS = 18;
/** What is quieter than this in one band is silence: dB below full scale. */
const SILENCE_DB = -75;

const window = Float64Array.from({ length: SPAN }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / SPAN));
/** A full-scale sine fills one bin and half of two others: its power is 0 dB. */
const SCALE = 20 * Math.log10((32768 * SPAN) / 4);

/** Log-spectral distance over all spans that `counts` (first sample of the span, its length), dB, and how many there were. */
export function spectralDistance(
  is: Int16Array,
  should: Int16Array,
  counts: (from: number, length: number) => boolean,
): { readonly dB: number; readonly spans: number } {
  let sum = 0;
  let spans = 0;
  for (let from = 0; from + SPAN <= should.length; from += HOP) {
    if (!counts(from, SPAN)) continue;
    sum += distance(spectrum(is, from), spectrum(should, from));
    spans++;
  }
  return { dB: spans === 0 ? 0 : sum / spans, spans };
}

/** Of two spectra in dB. */
function distance(one: Float64Array, other: Float64Array): number {
  const squares = one.reduce((sum, level, band) => sum + (level - (other[band] ?? 0)) ** 2, 0);
  return Math.sqrt(squares / one.length);
}

/** Levels of the bands, dB below a full-scale sine; from 190 to 3560 Hz at 8 kHz, twice that at 16 kHz. */
function spectrum(samples: Int16Array, from: number): Float64Array {
  const real = Float64Array.from({ length: SPAN }, (_, n) => (samples[from + n] ?? 0) * (window[n] ?? 0));
  const imaginary = new Float64Array(SPAN);
  transform(real, imaginary);
  return Float64Array.from({ length: BANDS }, (_, band) => {
    let power = 0;
    for (let bin = (band + 1) * BINS; bin < (band + 2) * BINS; bin++)
      power += (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
    return Math.max(SILENCE_DB, 10 * Math.log10(Math.max(power, 1e-9)) - SCALE);
  });
}

/** Fourier transform in place, radix 2. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  reorder(real);
  for (let half = 1; half < SPAN; half *= 2)
    for (let n = 0; n < half; n++) {
      const c = Math.cos((Math.PI * n) / half);
      const s = -Math.sin((Math.PI * n) / half);
      for (let low = n; low < SPAN; low += 2 * half) {
        const high = low + half;
        const r = (real[high] ?? 0) * c - (imaginary[high] ?? 0) * s;
        const i = (real[high] ?? 0) * s + (imaginary[high] ?? 0) * c;
        real[high] = (real[low] ?? 0) - r;
        imaginary[high] = (imaginary[low] ?? 0) - i;
        real[low] = (real[low] ?? 0) + r;
        imaginary[low] = (imaginary[low] ?? 0) + i;
      }
    }
}

/** By reversed bits of the place: what a transform in place begins with. */
function reorder(values: Float64Array): void {
  const before = Float64Array.from(values);
  for (let n = 0; n < SPAN; n++) {
    let from = 0;
    for (let bit = 1; bit < SPAN; bit *= 2) if ((n & bit) !== 0) from += SPAN / (2 * bit);
    values[n] = before[from] ?? 0;
  }
}
