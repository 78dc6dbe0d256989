import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MIX_STATE } from "../../assembly/mix/state.ts";
import { DOWN_STATE, UP_STATE } from "../../assembly/rate/state.ts";
import { Clocks } from "../assembly/clocks.ts";
import { KernelRig } from "../assembly/kernel-rig.ts";
import { randomFrom } from "../assembly/rtp.ts";

type Update = (octets: Uint8Array) => void;

const FRAME = 160;
/** Of the vectors: speech at 16 kHz, ITU-T's. */
const SPEECH = "codec/p56/voice.src";
const TICKS = 1500;
const PARTIES = 5;

function speechOf(vectors: string): Int16Array {
  const file = readFileSync(join(vectors, SPEECH));
  return new Int16Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
}

function octetsOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(Int16Array.from(samples).buffer);
}

/** Speech from 16 to 8 kHz and back. */
export function hashRate(update: Update, vectors: string): void {
  const speech = speechOf(vectors);
  const rig = new KernelRig();
  const [up, down] = [rig.take(UP_STATE), rig.take(DOWN_STATE)];
  const [wide, narrow, again] = [rig.take(4 * FRAME), rig.take(2 * FRAME), rig.take(4 * FRAME)];
  rig.call("upOpen", up);
  rig.call("downOpen", down);
  for (let n = 0; n + 2 * FRAME <= speech.length; n += 2 * FRAME) {
    rig.samples(wide, 2 * FRAME).set(speech.subarray(n, n + 2 * FRAME));
    rig.call("down", down, wide, narrow, FRAME);
    rig.call("up", up, narrow, again, FRAME);
    update(octetsOf(rig.samples(narrow, FRAME)));
    update(octetsOf(rig.samples(again, 2 * FRAME)));
  }
}

/** Speech from a clock that is too fast and late, and to one that is too slow. */
export function hashDrift(update: Update, vectors: string): void {
  const speech = speechOf(vectors);
  const random = randomFrom(29);
  const late = Float64Array.from({ length: 997 }, () => 9 * random());
  for (const { direction, ppm } of [
    { direction: 1, ppm: 180 },
    { direction: -1, ppm: -90 },
  ] as const) {
    const sound = (sample: number): number => speech[(sample + speech.length) % speech.length] ?? 0;
    const lateMs = (frame: number): number => late[frame % 997] ?? 0;
    const clocks = new Clocks({ rate: 16_000, direction, ppm, lateMs, sound }, 1000 * ppm);
    clocks.run(TICKS, ({ samples }) => update(octetsOf(samples)));
  }
}

/** Five who speak at the same time, far too loud at the end. */
export function hashMix(update: Update, vectors: string): void {
  const speech = speechOf(vectors);
  const rig = new KernelRig();
  const [state, parts, outs] = [rig.take(MIX_STATE), rig.take(64), rig.take(64)];
  const from = Array.from({ length: PARTIES }, () => rig.take(2 * FRAME));
  const to = Array.from({ length: PARTIES }, () => rig.take(2 * FRAME));
  rig.call("mixOpen", state);
  rig.words(parts, PARTIES).set(from);
  rig.words(outs, PARTIES).set(to);
  const frames = Math.floor(speech.length / FRAME / PARTIES);
  for (let n = 0; n < frames; n++) {
    for (const [party, at] of from.entries()) {
      const first = (party * frames + n) * FRAME;
      const loud = n > frames / 2 ? 3 : 1;
      for (let k = 0; k < FRAME; k++)
        rig.samples(at, FRAME)[k] = Math.max(-32_768, Math.min(32_767, loud * (speech[first + k] ?? 0)));
    }
    rig.call("mixFrame", state, parts, n % 50 < 25 ? PARTIES : 3, outs, FRAME);
    for (const at of to) update(octetsOf(rig.samples(at, FRAME)));
  }
}
