import type { HeardSpeech } from "./heard-speech.ts";
import { spectralDistance } from "./spectral-distance.ts";

export interface ChangeQuality {
  readonly changes: number;
  /** Log-spectral distance to the original around each change, mean over all spans of 32 ms that touch one, dB. */
  readonly distance: number;
  /** By how much the sound is less periodic there than the original, of changes where that is voiced, mean. */
  readonly periodicityLost: number;
  /** The largest step from sample to sample, of the largest that the original has around there: the greatest of all changes. */
  readonly step: number;
}

/** How changes of length are heard, at 8 kHz. */
export function changeQuality({ heard, original, places, changes }: HeardSpeech): ChangeQuality {
  let [distance, spans, lost, voiced, step] = [0, 0, 0, 0, 0];
  for (const at of changes) {
    for (let from = at - 240; from < at + 160; from += 40) {
      const place = (places[from + 128] ?? 0) - 128;
      distance += spectralDistance(
        heard.subarray(from, from + 256),
        original.subarray(place, place + 256),
        () => true,
      ).dB;
      spans++;
    }
    const place = places[at] ?? 0;
    const should = leastPeriodic(original, place);
    if (should > 0.7) {
      lost += should - leastPeriodic(heard, at);
      voiced++;
    }
    const around = Math.max(40, largestStep(original, place - 160, place + 320));
    step = Math.max(step, largestStep(heard, at, at + 162) / around);
  }
  return { changes: changes.length, distance: distance / spans, periodicityLost: lost / voiced, step };
}

/** Around a place, at its worst: a splice between two periods is seen, be it ever so smooth. */
function leastPeriodic(samples: Int16Array, at: number): number {
  let least = 1;
  for (let from = at - 160; from <= at + 80; from += 20) least = Math.min(least, periodicity(samples, from));
  return least;
}

/** Normalised correlation of 20 ms with what follows them, at the best lag of 2.5 to 15 ms. */
export function periodicity(samples: Int16Array, from: number): number {
  let best = 0;
  for (let lag = 20; lag <= 120; lag++) {
    let [products, one, other] = [0, 1, 1];
    for (let n = from; n < from + 160; n++) {
      const [a, b] = [samples[n] ?? 0, samples[n + lag] ?? 0];
      products += a * b;
      one += a * a;
      other += b * b;
    }
    best = Math.max(best, products / Math.sqrt(one * other));
  }
  return best;
}

export function largestStep(samples: Int16Array, from: number, to: number): number {
  let most = 0;
  for (let n = from; n < to; n++) most = Math.max(most, Math.abs((samples[n] ?? 0) - (samples[n - 1] ?? 0)));
  return most;
}
