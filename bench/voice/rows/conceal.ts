import { CONCEAL_STATE } from "../../../assembly/conceal/state.ts";
import { powerOf } from "../../../test/assembly/echo-line.ts";
import { randomFrom } from "../../../test/assembly/rtp.ts";
import { spectralDistance } from "../../../test/assembly/spectral-distance.ts";
import { check } from "../../figures.ts";
import { differences, octetsOf, samplesOf, siblings, talk } from "../inputs.ts";
import { type OurKernel, Ours } from "../ours.ts";
import type { Peers } from "../peers.ts";
import { type Row, timeOurs, timeTheirs } from "../row.ts";

const FRAMES = 50;
const LOST = -32768;

function kernelOf(loop: string, out: number): OurKernel {
  return {
    loop,
    in: 320,
    out,
    open(rig) {
      const state = rig.take(CONCEAL_STATE);
      rig.call("concealOpen", state, 8000);
      return state;
    },
  };
}

export function concealRows(peers: Peers): Row[] {
  const speech = octetsOf(talk(8000, FRAMES, 0));
  return [
    {
      name: "concealment, a frame lost after one that came",
      peer: "spandsp",
      goal: 1.5,
      check: () => isConcealed(peers),
      ours: () => timeOurs(kernelOf("ConcealLoss", 640), speech),
      theirs: () => timeTheirs(peers, "conceal-loss", speech, 320),
    },
    {
      name: "concealment, all frames come",
      peer: "spandsp",
      goal: null,
      check: async () => isUntouched(),
      ours: () => timeOurs(kernelOf("ConcealGood", 320), speech),
      theirs: () => timeTheirs(peers, "conceal-good", speech, 320),
    },
  ];
}

async function isConcealed(peers: Peers): Promise<string> {
  const ours = (input: Uint8Array) => Ours.run(kernelOf("ConcealStream", 320), input);
  for (const { name, samples } of siblings(8000, 100)) {
    const lost = lossOf(100, 3);
    const heard = samplesOf(ours(octetsOf(withLoss(samples, lost))));
    const [before, after] = [powerOf(samples, 0, 2), powerOf(heard, 0, 2)];
    check(after < before + 0.5, `concealment: ${name} has ${after.toFixed(1)} dBm0 instead of ${before.toFixed(1)}`);
  }
  const sound = talk(8000, 1500, 0);
  const lost = lossOf(1500, 5);
  const input = octetsOf(withLoss(sound, lost));
  const judge = (heard: Uint8Array) =>
    spectralDistance(samplesOf(heard), sound, (from, length) => lost[Math.floor((from + length / 2) / 160)] === true)
      .dB;
  const [distance, theirs] = [judge(ours(input)), judge(await peers.run("conceal-stream", input))];
  check(distance <= theirs, `concealment: ${distance.toFixed(2)} dB from what was lost, theirs ${theirs.toFixed(2)}`);
  return `spectral distance from what was lost ${distance.toFixed(2)} dB (spandsp ${theirs.toFixed(2)}), no sibling louder`;
}

function isUntouched(): string {
  for (const { name, samples } of siblings(8000, 100)) {
    const heard = Ours.run(kernelOf("ConcealGood", 320), octetsOf(samples));
    check(differences(octetsOf(samples), heard) === 0, `concealment changed ${name} although all frames came`);
  }
  return "every sibling as it came";
}

/** One in ten, the first ones never. */
function lossOf(frames: number, seed: number): boolean[] {
  const random = randomFrom(seed);
  return Array.from({ length: frames }, (_, n) => random() < 0.1 && n >= 10);
}

/** Marks lost frames; a sample that happens to be the mark becomes the next one to it. */
function withLoss(sound: Int16Array, lost: readonly boolean[]): Int16Array {
  const marked = sound.map((sample) => Math.max(sample, LOST + 1));
  lost.forEach((isLost, n) => {
    if (isLost) marked.fill(LOST, n * 160, (n + 1) * 160);
  });
  return marked;
}
