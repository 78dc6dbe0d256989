/** Sounds to try a codec with, 16-bit samples; the same every time. */

/** Numbers from 0 to 1, seeded (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Formants of five vowels, Hz, and how wide they are. */
const vowels = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [570, 840, 2410],
  [530, 1840, 2480],
  [300, 870, 2240],
] as const;
const FORMANT_WIDTH = 120;

/**
 * Like speech: a voice whose pitch moves, formed by vowels that change five times a second, with hisses and pauses
 * between; about -22 dB below full scale while it speaks.
 */
export function speechLike(rate: number, seconds: number): Int16Array {
  const random = seededRandom(7);
  const samples = new Int16Array(rate * seconds);
  let phase = 0;
  for (let n = 0; n < samples.length; n++) {
    const time = n / rate;
    const syllable = Math.floor(time * 5);
    const within = time * 5 - syllable;
    const loudness = syllable % 7 === 6 ? 0 : Math.sin(Math.PI * within) ** 2;
    const pitch = 120 + 25 * Math.sin(2 * Math.PI * 0.7 * time);
    phase += (2 * Math.PI * pitch) / rate;
    const isHiss = syllable % 5 === 4;
    const sound = isHiss ? 900 * (random() - 0.5) : voice(phase, pitch, vowels[syllable % 5] ?? vowels[0]);
    samples[n] = Math.round(Math.max(-32768, Math.min(32767, loudness * sound)));
  }
  return samples;
}

function voice(phase: number, pitch: number, formants: readonly number[]): number {
  let sum = 0;
  for (let harmonic = 1; harmonic * pitch < 3400; harmonic++) {
    const hertz = harmonic * pitch;
    const gain = formants.reduce((all, at, n) => all + 0.6 ** n / (1 + ((hertz - at) / FORMANT_WIDTH) ** 2), 0.02);
    sum += gain * Math.sin(harmonic * phase);
  }
  return 2600 * sum;
}

/** The loudest there is: square waves and noise at full scale, turn about. */
export function fullScale(rate: number, seconds: number): Int16Array {
  const random = seededRandom(11);
  return Int16Array.from({ length: rate * seconds }, (_, n) => {
    const second = Math.floor((4 * n) / rate);
    if (second % 2 === 1) return random() < 0.5 ? -32768 : 32767;
    const half = 1 << (second % 6);
    return Math.floor(n / half) % 2 === 0 ? 32767 : -32768;
  });
}

/** A sine as loud as there is, clipped when it is amplified; it begins softly. */
export function loudTone(rate: number, seconds: number, hertz: number, gain: number): Int16Array {
  return Int16Array.from({ length: rate * seconds }, (_, n) => {
    const sample = 32767 * gain * Math.min(1, (20 * n) / rate) * Math.sin((2 * Math.PI * hertz * n) / rate);
    return Math.round(Math.max(-32768, Math.min(32767, sample)));
  });
}
