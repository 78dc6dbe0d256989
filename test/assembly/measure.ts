/** Level of one frequency, dBm0, by correlation over all samples. A full-scale sine is +3.14 dBm0. */
export function levelAt(samples: Int16Array, hertz: number): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, n) => {
    real += sample * Math.cos((2 * Math.PI * hertz * n) / 8000);
    imaginary += sample * Math.sin((2 * Math.PI * hertz * n) / 8000);
  });
  const peak = (2 * Math.hypot(real, imaginary)) / samples.length;
  return 20 * Math.log10(Math.max(peak, 1e-6) / 32768) + 3.14;
}

/** Level of everything together, dBm0. */
export function level(samples: Int16Array): number {
  const square = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return 10 * Math.log10(Math.max(square * 2, 1e-6) / 32768 ** 2) + 3.14;
}

/** Lengths in ms of sound and silence in turn, beginning with sound; silence is 5 ms and more of zeros. */
export function cadence(samples: Int16Array): number[] {
  const quiet = (from: number) => samples.subarray(from, from + 40).every((sample) => sample === 0);
  const lengths: number[] = [];
  let at = 0;
  while (at < samples.length) {
    const sounding = lengths.length % 2 === 0;
    const from = at;
    while (at < samples.length && (sounding ? !quiet(at) : samples[at] === 0)) at++;
    lengths.push((at - from) / 8);
    if (at === from && !sounding) break;
  }
  return lengths;
}

/** A sine as G.711 or L16 callers send it. */
export function sine(hertz: number, levelDbm0: number, samples: number, from = 0): Int16Array {
  const peak = 32768 * 10 ** ((levelDbm0 - 3.14) / 20);
  return Int16Array.from({ length: samples }, (_, n) =>
    Math.round(peak * Math.sin((2 * Math.PI * hertz * (n + from)) / 8000)),
  );
}
