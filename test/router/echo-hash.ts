/** What the echo canceller leaves, as octets for a hash. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KernelRig } from "../assembly/kernel-rig.ts";
import { randomFrom } from "../assembly/rtp.ts";
import { speechVector } from "./gap-and-background-hash.ts";

type Update = (octets: Uint8Array) => void;

const FRAME = 160;
const FRAMES = 400;
/** Delay in samples and gain of each reflection: well within 16 ms, and near the end of 128 ms. */
const reflections = new Map([
  [
    16,
    [
      [9, 0.25],
      [23, -0.125],
      [60, 0.0625],
    ],
  ],
  [
    128,
    [
      [9, 0.25],
      [700, -0.125],
      [1000, 0.0625],
    ],
  ],
] as const);

/** Speech and its echo with line noise, somebody else's speech from half time on: what is left, and all of the state. */
export function hashEcho(update: Update, vectors: string): void {
  const speech = readFileSync(join(vectors, speechVector));
  const sample = (n: number) => (n >= 0 && 2 * n + 1 < speech.length ? speech.readInt16LE(2 * n) : 0);
  for (const [tailMs, path] of reflections) {
    const rig = new KernelRig();
    const size = rig.call("echoStateSize", tailMs);
    const [state, far, near] = [rig.take(size), rig.take(2 * FRAME), rig.take(2 * FRAME)];
    const random = randomFrom(tailMs);
    rig.call("echoOpen", state, tailMs);
    for (let frame = 0; frame < FRAMES; frame++) {
      const talks = frame > FRAMES / 2 ? 0.5 : 0;
      for (let n = 0; n < FRAME; n++) {
        const at = frame * FRAME + n;
        const echo = path.reduce((sum, [delay, gain]) => sum + gain * sample(at - delay), 0);
        rig.samples(far, FRAME)[n] = sample(at);
        rig.samples(near, FRAME)[n] = echo + talks * sample(at - 20_000) + random() * 16;
      }
      update(Uint8Array.of(rig.call("echoFrame", state, far, near, FRAME)));
      update(Uint8Array.from(rig.octets(near, 2 * FRAME)));
    }
    update(Uint8Array.from(rig.octets(state, size)));
  }
}
