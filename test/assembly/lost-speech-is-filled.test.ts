import assert from "node:assert/strict";
import { test } from "node:test";
import { Concealer } from "./concealer.ts";
import { randomFrom } from "./rtp.ts";
import { spectralDistance } from "./spectral-distance.ts";
import { speech } from "./speech.ts";

type Rate = 8000 | 16_000;
type Fill = (sound: Int16Array, lost: readonly boolean[]) => Int16Array;

/** The first frames always come. */
function lossOf(frames: number, share: number, seed: number): boolean[] {
  const random = randomFrom(seed);
  return Array.from({ length: frames }, (_, n) => random() < share && n >= 10);
}

/** What the gateway did before: the frame before at half the level, five times. */
function repeat(sound: Int16Array, lost: readonly boolean[]): Int16Array {
  const frame = Math.floor(sound.length / lost.length);
  const heard = Int16Array.from(sound);
  let misses = 0;
  lost.forEach((isLost, n) => {
    misses = isLost ? misses + 1 : 0;
    if (!isLost) return;
    const before = heard.subarray((n - 1) * frame, n * frame);
    heard.set(misses > 5 ? new Int16Array(frame) : before.map((sample) => sample >> 1), n * frame);
  });
  return heard;
}

function mute(sound: Int16Array, lost: readonly boolean[]): Int16Array {
  const frame = Math.floor(sound.length / lost.length);
  return sound.map((sample, n) => (lost[Math.floor(n / frame)] === true ? 0 : sample));
}

/** Spectral distance where sound was lost, and how far its level is off, both in dB, over all recordings. */
function judge(
  rate: Rate,
  frame: number,
  share: number,
  fill: Fill,
): { readonly distance: number; readonly level: number } {
  let [distance, spans, level, frames] = [0, 0, 0, 0];
  speech(rate, rate === 8000 ? 16 : 2).forEach((whole, seed) => {
    const sound = whole.subarray(0, Math.floor(whole.length / frame) * frame);
    const lost = lossOf(sound.length / frame, share, seed + 5);
    const heard = fill(sound, lost);
    const found = spectralDistance(
      heard,
      sound,
      (from, length) => lost[Math.floor((from + length / 2) / frame)] === true,
    );
    distance += found.dB * found.spans;
    spans += found.spans;
    lost.forEach((isLost, n) => {
      if (!isLost) return;
      const part = (samples: Int16Array) => levelOf(samples.subarray(n * frame, (n + 1) * frame));
      level += Math.abs(part(heard) - part(sound));
      frames++;
    });
  });
  return { distance: distance / spans, level: level / frames };
}

/** dB, never below about -60 dBm0: what is quieter is silence. */
function levelOf(samples: Int16Array): number {
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length + 500);
}

const conceal =
  (rate: Rate, frame: number): Fill =>
  (sound, lost) =>
    new Concealer(rate, frame).play(sound, (n) => lost[n] === true);

for (const rate of [8000, 16_000] as const)
  for (const [ms, share] of [
    [20, 0.01],
    [20, 0.05],
    [20, 0.1],
    [20, 0.2],
    [10, 0.05],
    [10, 0.2],
  ] as const)
    test(`with ${share * 100} % of ${ms} ms lost, speech at ${rate} Hz is nearer to what was said than a repeat or nothing`, () => {
      const frame = (rate * ms) / 1000;
      const [ours, repeated, muted] = [conceal(rate, frame), repeat, mute].map((fill) =>
        judge(rate, frame, share, fill),
      );
      assert.ok(ours !== undefined && repeated !== undefined && muted !== undefined);
      const text = JSON.stringify({ ours, repeated, muted });
      assert.ok(ours.distance < 0.9 * repeated.distance, text);
      assert.ok(ours.distance < 0.75 * muted.distance, text);
      assert.ok(ours.level < 0.8 * repeated.level, text);
    });

for (const frame of [80, 160])
  test(`no seam of a loss of ${frame} samples jumps further than the speech around it does by itself`, () => {
    speech(8000, 12).forEach((sound, seed) => {
      const lost = lossOf(Math.floor(sound.length / frame), 0.1, seed);
      const heard = conceal(8000, frame)(sound, lost);
      const step = (samples: Int16Array, n: number) => Math.abs((samples[n] ?? 0) - (samples[n - 1] ?? 0));
      lost.forEach((isLost, n) => {
        if (n === 0 || isLost === lost[n - 1]) return;
        const seam = n * frame;
        let steepest = 30;
        for (let at = seam - 800; at < seam + 160; at++) steepest = Math.max(steepest, step(sound, at));
        assert.ok(step(heard, seam) <= steepest, `a jump of ${step(heard, seam)}, the steepest is ${steepest}`);
      });
    });
  });
