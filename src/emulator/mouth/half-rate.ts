import { clip } from "../sound/frame.ts";

const HALF = 47;
/** Pass band to 3.4 kHz, stop band from 4.6 kHz, at 16 kHz: what folds back lies above 3.4 kHz. */
const CUTOFF = 4000 / 16000;

/** Linear-phase low-pass: sinc with a Blackman window, gain 1. */
const taps = (() => {
  const raw = Float64Array.from({ length: 2 * HALF + 1 }, (_, n) => {
    const x = n - HALF;
    const sinc = x === 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * x) / (Math.PI * x);
    const t = (2 * Math.PI * n) / (2 * HALF);
    return sinc * (0.42 - 0.5 * Math.cos(t) + 0.08 * Math.cos(2 * t));
  });
  const gain = raw.reduce((sum, tap) => sum + tap, 0);
  return raw.map((tap) => tap / gain);
})();

/** 16000 samples/s to 8000, without delay. */
export function halfRate(samples: Int16Array): Int16Array {
  const out = new Int16Array(Math.ceil(samples.length / 2));
  for (let n = 0; n < out.length; n++) {
    let sum = 0;
    for (let k = -HALF; k <= HALF; k++) sum += (taps[k + HALF] ?? 0) * (samples[2 * n + k] ?? 0);
    out[n] = clip(sum);
  }
  return out;
}
