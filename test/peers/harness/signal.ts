import { type Sound, ZERO_DBM0_RMS } from "./wav.ts";

/** Sounds with a known answer, to be spoken by a party. 8000 samples/s. */
const RATE_HZ = 8000;

/** A sine of a whole number of ms. */
export function sine(frequencyHz: number, levelDbm0: number, ms: number): Sound {
  const peak = ZERO_DBM0_RMS * Math.SQRT2 * 10 ** (levelDbm0 / 20);
  return fill(ms, (t) => peak * Math.sin(2 * Math.PI * frequencyHz * t));
}

/** Sweeps linearly from one frequency to another: its autocorrelation has one sharp peak, so a delay can be read off. */
export function chirp(fromHz: number, toHz: number, levelDbm0: number, ms: number): Sound {
  const peak = ZERO_DBM0_RMS * Math.SQRT2 * 10 ** (levelDbm0 / 20);
  const seconds = ms / 1000;
  return fill(ms, (t) => peak * Math.sin(2 * Math.PI * (fromHz * t + ((toHz - fromHz) * t * t) / (2 * seconds))));
}

export function silence(ms: number): Sound {
  return fill(ms, () => 0);
}

/** One sound after the other. */
export function sequence(...sounds: readonly Sound[]): Sound {
  const samples = new Int16Array(sounds.reduce((sum, sound) => sum + sound.samples.length, 0));
  let at = 0;
  for (const sound of sounds) {
    samples.set(sound.samples, at);
    at += sound.samples.length;
  }
  return { rateHz: RATE_HZ, samples };
}

function fill(ms: number, value: (seconds: number) => number): Sound {
  const samples = new Int16Array((ms * RATE_HZ) / 1000);
  for (let n = 0; n < samples.length; n++) samples[n] = Math.round(value(n / RATE_HZ));
  return { rateHz: RATE_HZ, samples };
}
