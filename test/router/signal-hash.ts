/** What is found in the sound, as octets for a hash: keys, and fax machines. Tones are the kernels' own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DTMF_DETECT_STATE } from "../../assembly/dtmf/detect-state.ts";
import { FAX_DETECT_STATE } from "../../assembly/fax/state.ts";
import { KernelRig } from "../assembly/kernel-rig.ts";
import { randomFrom } from "../assembly/rtp.ts";
import { speechVector } from "./gap-and-background-hash.ts";

type Update = (octets: Uint8Array) => void;

const FRAME = 160;
const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];

/** Every key at five levels, off by up to 2 %, with noise, then speech: what is told, what is left, and all of the state. */
export function hashDtmfDetect(update: Update, vectors: string): void {
  const rig = new KernelRig();
  const state = rig.take(DTMF_DETECT_STATE);
  const frame = rig.take(2 * FRAME);
  const random = randomFrom(4);
  rig.call("dtmfDetectOpen", state);
  rig.call("dtmfDetectMode", state, 1);
  const listen = () => {
    const told = rig.call("dtmfDetect", state, frame, FRAME);
    update(Uint8Array.of(told & 255, (told >> 8) & 255));
    update(copy(rig, frame, 2 * FRAME));
    update(copy(rig, state, DTMF_DETECT_STATE));
  };
  for (const peak of [300, 1500, 7000, 14_000, 25_000])
    for (let key = 0; key < 16; key++) {
      const [low, high] = [rows[key >> 2] ?? 0, columns[key & 3] ?? 0];
      const pair = [turn(low * (0.98 + 0.04 * random())), turn(high * (0.98 + 0.04 * random()))];
      soundFrames(rig, frame, pair, peak, 3 + (key & 3), () => (random() - 0.5) * peak * 0.3, listen);
      soundFrames(rig, frame, [], 0, 3, () => (random() - 0.5) * 20, listen);
    }
  speak(rig, frame, vectors, listen);
}

/** CNG, CED with and without reversals, at four levels, then speech: what is told, and all of the state. */
export function hashFaxDetect(update: Update, vectors: string): void {
  const rig = new KernelRig();
  const state = rig.take(FAX_DETECT_STATE);
  const frame = rig.take(2 * FRAME);
  const random = randomFrom(6);
  rig.call("faxDetectOpen", state);
  const listen = () => {
    update(Uint8Array.of(rig.call("faxDetect", state, frame, FRAME)));
    update(copy(rig, state, FAX_DETECT_STATE));
  };
  for (const peak of [200, 2000, 9000, 30_000]) {
    const hiss = () => (random() - 0.5) * peak * 0.2;
    for (const [hertz, frames] of [
      [1100, 25],
      [1120, 26],
      [2100, 60],
      [2115, 60],
    ] as const) {
      soundFrames(rig, frame, [turn(hertz)], peak, frames, hiss, listen);
      soundFrames(rig, frame, [], 0, 20, hiss, listen);
    }
    // The last sample of a burst and the first of the next are half a period apart, or nearly.
    for (let burst = 0; burst < 4; burst++) soundFrames(rig, frame, [turn(2101)], peak, 22, hiss, listen);
  }
  speak(rig, frame, vectors, listen);
}

/** Phase per sample, of 2^32. */
function turn(hertz: number): number {
  return Math.round((hertz * 2 ** 32) / 8000);
}

function soundFrames(
  rig: KernelRig,
  frame: number,
  turns: readonly number[],
  peak: number,
  frames: number,
  noise: () => number,
  listen: () => void,
): void {
  const phases = turns.map(() => 0);
  for (let n = 0; n < frames; n++) {
    const samples = rig.samples(frame, FRAME);
    samples.set(samples.map(noise));
    for (const [tone, increment] of turns.entries())
      phases[tone] = rig.call("writeTone", frame, FRAME, phases[tone] ?? 0, increment, peak, 1);
    listen();
  }
}

function speak(rig: KernelRig, frame: number, vectors: string, listen: () => void): void {
  const speech = readFileSync(join(vectors, speechVector));
  for (let at = 0; at + 2 * FRAME <= speech.length; at += 2 * FRAME) {
    rig.octets(frame, 2 * FRAME).set(speech.subarray(at, at + 2 * FRAME));
    listen();
  }
}

/** A hash takes no shared memory. */
function copy(rig: KernelRig, at: number, octets: number): Uint8Array {
  return Uint8Array.from(rig.octets(at, octets));
}
