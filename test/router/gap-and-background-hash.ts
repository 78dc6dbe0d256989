/** What fills gaps and pauses, as octets for a hash: concealment, comfort noise and the detector of speech. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CONCEAL_STATE } from "../../assembly/conceal/state.ts";
import { NOISE_STATE, VAD_STATE } from "../../assembly/noise/state.ts";
import { KernelRig } from "../assembly/kernel-rig.ts";
import { randomFrom } from "../assembly/rtp.ts";

type Update = (octets: Uint8Array) => void;

/** Of the vectors: speech at 16 kHz, 16 bit. At 8 kHz it is slow speech. */
export const speechVector = "codec/g722/inpsp.bin";

/** Speech at both rates, of which a fifth of the frames is lost. */
export function hashConceal(update: Update, vectors: string): void {
  for (const rate of [8000, 16_000]) {
    const rig = new KernelRig();
    const state = rig.take(CONCEAL_STATE);
    const frame = rig.take(rate / 25);
    const random = randomFrom(rate);
    rig.call("concealOpen", state, rate);
    for (const octets of frames(vectors, rate / 25)) {
      rig.octets(frame, rate / 25).set(octets);
      rig.call(random() < 0.2 ? "concealLost" : "concealGood", state, frame, rate / 50);
      update(copy(rig, frame, rate / 25));
    }
  }
}

/** What is heard as background is told, and played by the far end. */
export function hashNoise(update: Update, vectors: string): void {
  const rig = new KernelRig();
  const [speaks, near, far] = [rig.take(VAD_STATE), rig.take(NOISE_STATE), rig.take(NOISE_STATE)];
  const [frame, sid] = [rig.take(320), rig.take(16)];
  rig.call("vadOpen", speaks, 8000);
  rig.call("noiseOpen", near, 1);
  rig.call("noiseOpen", far, 2);
  for (const octets of frames(vectors, 320)) {
    rig.octets(frame, 320).set(octets);
    const active = rig.call("vadFrame", speaks, frame, 160);
    if (active === 0) rig.call("noiseHear", near, frame, 160);
    const length = rig.call("noiseMake", near, sid);
    rig.call("noiseTake", far, sid, length);
    rig.call("noiseFrame", far, frame, 160);
    update(Uint8Array.of(active, length));
    update(copy(rig, sid, length));
    update(copy(rig, frame, 320));
  }
}

function* frames(vectors: string, octets: number): Generator<Uint8Array> {
  const speech = readFileSync(join(vectors, speechVector));
  for (let at = 0; at + octets <= speech.length; at += octets) yield speech.subarray(at, at + octets);
}

/** A hash takes no shared memory. */
function copy(rig: KernelRig, at: number, octets: number): Uint8Array {
  return Uint8Array.from(rig.octets(at, octets));
}
