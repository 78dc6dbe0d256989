import { KNEE, MIX_STATE } from "../../../assembly/mix/state.ts";
import { check } from "../../figures.ts";
import { octetsOf, samplesOf, siblings, talk } from "../inputs.ts";
import { type OurKernel, Ours } from "../ours.ts";
import type { Peers } from "../peers.ts";
import { type Row, timeOurs, timeTheirs } from "../row.ts";

const FRAMES = 6;

function mixer(parties: number): OurKernel {
  return {
    loop: `Mix${parties}`,
    in: 320 * parties,
    out: 320 * parties,
    open(rig) {
      const state = rig.take(MIX_STATE + 64);
      rig.call("mixOpen", state);
      return state;
    },
  };
}

/** What a mixer of three can not be faster than: its frames are read and written, and nothing is added. */
const traffic: OurKernel = { loop: "MixTraffic", in: 960, out: 960, open: (rig) => rig.take(64) };

/** What the first cache can do: as many octets read and written, one after the other. */
function copier(parties: number): OurKernel {
  return { loop: "Copy", in: 320 * parties, out: 320 * parties, open: () => 320 * parties };
}

export function mixRows(peers: Peers): Row[] {
  return [3, 8].flatMap((parties) => {
    const input = voices(parties);
    const name = `mix of ${parties} parties`;
    const bound = (peer: string, kernel: OurKernel, goal: number | null): Row => ({
      name,
      peer,
      goal,
      check: async () => isSum(parties),
      ours: () => timeOurs(mixer(parties), input),
      theirs: async () => timeOurs(kernel, input),
    });
    return [
      ...(parties === 3 ? [bound("its frames read and written", traffic, 1)] : []),
      bound(`${2 * 320 * parties} octets of a copy`, copier(parties), null),
      {
        name,
        peer: "C without limiter",
        goal: null,
        check: () => isAsPlain(peers, parties, input),
        ours: () => timeOurs(mixer(parties), input),
        theirs: () => timeTheirs(peers, `mix-${parties}`, input, 320 * parties),
      },
    ];
  });
}

/** A frame of each party behind the other, at the level of speech on a line. */
function voices(parties: number): Uint8Array {
  const all = new Int16Array(FRAMES * parties * 160);
  const soft = Array.from({ length: parties }, (_, n) => talk(8000, FRAMES, n).map((sample) => (sample * 0.3) | 0));
  for (let frame = 0; frame < FRAMES; frame++)
    soft.forEach((voice, n) => {
      all.set(voice.subarray(frame * 160, (frame + 1) * 160), (frame * parties + n) * 160);
    });
  return octetsOf(all);
}

async function isAsPlain(peers: Peers, parties: number, input: Uint8Array): Promise<string> {
  const theirs = Buffer.from(await peers.run(`mix-${parties}`, input));
  check(theirs.equals(Buffer.from(Ours.run(mixer(parties), input))), "mix: speech differs from plain sums");
  return "speech as plain sums in C";
}

/** Every pair of siblings against one another: exact where the sums are not loud, else of the right sign and no greater. */
function isSum(parties: number): string {
  const sounds = siblings(8000, 20);
  for (let first = 0; first < sounds.length; first++) {
    const parts = Array.from(
      { length: parties },
      (_, n) => sounds[(first + n) % sounds.length]?.samples ?? new Int16Array(),
    );
    for (let frame = 0; frame < 20; frame++)
      isFrameRight(parts.map((part) => part.subarray(frame * 160, frame * 160 + 160)));
  }
  return "all siblings against each other: exact up to -0.8 dB, limited and never wrapped above";
}

function isFrameRight(parts: readonly Int16Array[]): void {
  const input = new Int16Array(160 * parts.length);
  parts.forEach((part, n) => {
    input.set(part, 160 * n);
  });
  const out = samplesOf(Ours.run(mixer(parts.length), octetsOf(input)));
  const sums = Array.from({ length: 160 }, (_, n) => parts.reduce((sum, part) => sum + (part[n] ?? 0), 0));
  const wanted = parts.map((part) => sums.map((sum, n) => sum - (part[n] ?? 0)));
  const isSoft =
    wanted.flat().every((sum) => Math.abs(sum) <= KNEE) && sums.every((_, n) => magnitudes(parts, n) <= KNEE);
  wanted.flat().forEach((sum, n) => {
    const heard = out[n] ?? 0;
    const right = isSoft ? heard === sum : Math.abs(heard) <= Math.abs(sum) && heard * sum >= 0;
    check(right, `mix of ${parts.length}: ${heard} was heard of ${sum}`);
  });
}

function magnitudes(parts: readonly Int16Array[], n: number): number {
  return parts.reduce((sum, part) => sum + Math.abs(part[n] ?? 0), 0);
}
