import assert from "node:assert/strict";
import { type Sound, ZERO_DBM0_RMS } from "./wav.ts";

/** Who hears whom: levels, frequencies, delays and gaps of recordings. Levels are dBm0 (ITU-T G.711). */

const SILENT = -120;

export function levelDbm0(samples: Int16Array): number {
  if (samples.length === 0) return SILENT;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return decibels(Math.sqrt(sum / samples.length));
}

/** Long enough to tell two notes apart, short enough that a lost packet spoils one of many, ms. */
const LEVEL_WINDOW_MS = 100;

/**
 * Level of one frequency component, dBm0: mean power of windows of 100 ms. A frame that was dropped or repeated shifts
 * the phase of what follows; over one long window that would pass for silence.
 */
export function toneLevelDbm0(sound: Sound, frequencyHz: number): number {
  const length = Math.min(sound.samples.length, (sound.rateHz * LEVEL_WINDOW_MS) / 1000);
  if (length < 2) return SILENT;
  const count = Math.floor(sound.samples.length / length);
  let power = 0;
  for (let n = 0; n < count; n++) {
    const window = sound.samples.subarray(n * length, (n + 1) * length);
    power += componentRms(window, frequencyHz / sound.rateHz) ** 2;
  }
  return decibels(Math.sqrt(power / count));
}

/** RMS of the component at `cycles` per sample, by correlation under a Hann window. */
function componentRms(samples: Int16Array, cycles: number): number {
  let [real, imaginary, weight] = [0, 0, 0];
  for (let n = 0; n < samples.length; n++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (samples.length - 1));
    const phase = 2 * Math.PI * cycles * n;
    real += (samples[n] ?? 0) * window * Math.cos(phase);
    imaginary += (samples[n] ?? 0) * window * Math.sin(phase);
    weight += window;
  }
  return (2 * Math.hypot(real, imaginary)) / weight / Math.SQRT2;
}

/** The part of a sound between two times. Negative times count from the end. */
export function part(sound: Sound, fromMs: number, toMs = Number.POSITIVE_INFINITY): Sound {
  const at = (ms: number) => {
    const n = Math.round((ms * sound.rateHz) / 1000);
    return n < 0 ? Math.max(0, sound.samples.length + n) : n;
  };
  return {
    rateHz: sound.rateHz,
    samples: sound.samples.slice(at(fromMs), toMs === Number.POSITIVE_INFINITY ? undefined : at(toMs)),
  };
}

export function lengthMs(sound: Sound): number {
  return (sound.samples.length * 1000) / sound.rateHz;
}

export interface Heard {
  readonly who: string;
  readonly sound: Sound;
  /** Frequencies that must be there, at this level give or take `toleranceDb`. */
  readonly hears: readonly { readonly frequencyHz: number; readonly levelDbm0: number }[];
  /** Frequencies that must not be there. */
  readonly not: readonly number[];
  /** His own voice when there is an analog line on the way: what its hybrid gives back is weak, but there (ITU-T G.122). */
  readonly echo?: { readonly frequencyHz: number; readonly belowDbm0: number };
}

const TOLERANCE_DB = 1.5;
/** Below this a component counts as absent; G.711 noise of a -10 dBm0 tone lies near -48 dBm0 in all, far less in one bin. */
const ABSENT_DBM0 = -50;

/** Fails unless the recording holds exactly the voices it should, at their levels. */
export function assertHears(heard: Heard): void {
  assert.ok(lengthMs(heard.sound) >= 200, `${heard.who} heard only ${lengthMs(heard.sound)} ms of sound`);
  for (const { frequencyHz, levelDbm0: expected } of heard.hears) {
    const level = toneLevelDbm0(heard.sound, frequencyHz);
    const words = `${heard.who} hears ${frequencyHz} Hz at ${level.toFixed(1)} dBm0, not at ${expected}`;
    assert.ok(Math.abs(level - expected) <= TOLERANCE_DB, words);
  }
  for (const frequencyHz of heard.not) {
    const level = toneLevelDbm0(heard.sound, frequencyHz);
    assert.ok(
      level < ABSENT_DBM0,
      `${heard.who} hears ${frequencyHz} Hz at ${level.toFixed(1)} dBm0: a stranger's voice`,
    );
  }
}

export interface Delay {
  readonly ms: number;
  /** Normalised correlation at that delay, 0-1. */
  readonly likeness: number;
}

/** Where in the recording the reference begins: the peak of the normalised cross-correlation. */
export function delayOf(reference: Sound, recording: Sound): Delay {
  const [a, b] = [reference.samples, recording.samples];
  let best = { at: 0, likeness: 0 };
  const energyA = energy(a, 0, a.length);
  let energyB = energy(b, 0, a.length);
  for (let at = 0; at + a.length <= b.length; at++) {
    let dot = 0;
    for (let n = 0; n < a.length; n++) dot += (a[n] ?? 0) * (b[at + n] ?? 0);
    const likeness = energyB > 0 ? Math.abs(dot) / Math.sqrt(energyA * energyB) : 0;
    if (likeness > best.likeness) best = { at, likeness };
    energyB += (b[at + a.length] ?? 0) ** 2 - (b[at] ?? 0) ** 2;
  }
  return { ms: (best.at * 1000) / recording.rateHz, likeness: best.likeness };
}

export interface Continuity {
  /** Longest stretch in which the tone is missing, ms. */
  readonly longestGapMs: number;
  /** How often its phase jumped: sound was dropped, repeated or put in. */
  readonly jumps: number;
  /** How long the tone lasted in all, from its first to its last appearance. */
  readonly spanMs: number;
}

/** Follows a steady tone in steps of 5 ms: a dropped or invented stretch shows as a gap or as a jump of its phase. */
export function continuityOf(sound: Sound, frequencyHz: number): Continuity {
  const steps = demodulate(sound, frequencyHz);
  const loudest = steps.map((step) => step.amplitude).sort((x, y) => x - y)[Math.floor(steps.length / 2)] ?? 0;
  const there = steps.map((step) => step.amplitude > loudest / 2 && loudest > 0);
  const [first, last] = [there.indexOf(true), there.lastIndexOf(true)];
  let [gap, longestGap, jumps] = [0, 0, 0];
  for (let n = first + 1; first >= 0 && n <= last; n++) {
    gap = there[n] === true ? 0 : gap + 1;
    longestGap = Math.max(longestGap, gap);
    if (there[n] === true && there[n - 1] === true && jumped(steps[n - 1], steps[n])) jumps++;
  }
  return { longestGapMs: longestGap * STEP_MS, jumps, spanMs: first < 0 ? 0 : (last - first + 1) * STEP_MS };
}

/** Time from the start of the recording to the first 10 ms at or above the level; null when there are none. */
export function onsetMs(sound: Sound, thresholdDbm0: number): number | null {
  const length = sound.rateHz / 100;
  for (let at = 0; at + length <= sound.samples.length; at += length / 2) {
    if (levelDbm0(sound.samples.subarray(at, at + length)) >= thresholdDbm0) return (at * 1000) / sound.rateHz;
  }
  return null;
}

const STEP_MS = 5;

interface Step {
  readonly amplitude: number;
  readonly phase: number;
}

function demodulate(sound: Sound, frequencyHz: number): Step[] {
  const length = (sound.rateHz * STEP_MS) / 1000;
  const steps: Step[] = [];
  for (let from = 0; from + length <= sound.samples.length; from += length) {
    let [real, imaginary] = [0, 0];
    for (let n = from; n < from + length; n++) {
      const angle = (2 * Math.PI * frequencyHz * n) / sound.rateHz;
      real += (sound.samples[n] ?? 0) * Math.cos(angle);
      imaginary -= (sound.samples[n] ?? 0) * Math.sin(angle);
    }
    steps.push({ amplitude: Math.hypot(real, imaginary), phase: Math.atan2(imaginary, real) });
  }
  return steps;
}

function jumped(before: Step | undefined, after: Step | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const turn = Math.abs(after.phase - before.phase) % (2 * Math.PI);
  return Math.min(turn, 2 * Math.PI - turn) > 0.6;
}

function energy(samples: Int16Array, from: number, to: number): number {
  let sum = 0;
  for (let n = from; n < to; n++) sum += (samples[n] ?? 0) ** 2;
  return sum;
}

function decibels(rms: number): number {
  return rms <= 0 ? SILENT : Math.max(SILENT, 20 * Math.log10(rms / ZERO_DBM0_RMS));
}
