import { lowOctets, words } from "../../../test/assembly/codec-rig.ts";
import type { KernelRig } from "../../../test/assembly/kernel-rig.ts";
import { check } from "../../figures.ts";
import { differences, octetsOf, samplesOf, siblings, talk } from "../inputs.ts";
import { type OurKernel, Ours } from "../ours.ts";
import type { Peers } from "../peers.ts";
import { type Row, timeOurs, timeTheirs } from "../row.ts";

const CHANNELS = 8;
/** Of each channel. */
const FRAMES = 50;
const STATE = 256;

interface Codec {
  readonly name: "G722" | "G726";
  readonly rate: 8000 | 16_000;
  /** Octets of a frame. */
  readonly samples: number;
  readonly code: number;
  readonly goals: { readonly encode: readonly [number, number]; readonly decode: readonly [number, number] };
  /** Throws when the ITU-T's vectors do not come out. */
  vectors(direction: "Encode" | "Decode"): string;
}

const g722: Codec = {
  name: "G722",
  rate: 16_000,
  samples: 640,
  code: 160,
  goals: { encode: [1.25, 9], decode: [1.1, 8] },
  vectors(direction) {
    const [code, sound] = [lowOctets("g722/codspw.cod"), octetsOf(words("g722/inpsp.bin"))];
    if (direction === "Encode") isExact(g722, direction, sound, code);
    else isExact(g722, direction, code, octetsOf(words("g722/outsp1.bin")));
    return "ITU-T vectors bit-exact";
  },
};

const g726: Codec = {
  name: "G726",
  rate: 8000,
  samples: 320,
  code: 80,
  goals: { encode: [1.25, 9], decode: [1.25, 9] },
  vectors(direction) {
    // The ITU-T's vectors are log PCM; these samples are what its µ-law octets stand for.
    const linear = new Map<number, number>();
    const samples = words("g711/sweep-r.u-u");
    for (const [n, octet] of lowOctets("g711/sweep-r.u").entries()) linear.set(octet, samples[n] ?? 0);
    const sound = Int16Array.from(lowOctets("g726/nrm.m"), (octet) => linear.get(octet) ?? 0);
    const codes = lowOctets("g726/rn32fm.i");
    const packed = Uint8Array.from(
      { length: codes.length >> 1 },
      (_, n) => (codes[2 * n] ?? 0) | ((codes[2 * n + 1] ?? 0) << 4),
    );
    if (direction === "Decode") return "";
    isExact(g726, direction, octetsOf(sound), packed);
    return "ITU-T vectors bit-exact";
  },
};

function isExact(codec: Codec, direction: "Encode" | "Decode", input: Uint8Array, output: Uint8Array): void {
  const octets = direction === "Encode" ? codec.samples : codec.code;
  const padded = new Uint8Array(Math.ceil(input.length / octets) * octets);
  padded.set(input);
  const wrong = differences(output, Ours.run(one(codec, direction), padded));
  check(wrong === 0, `${codec.name} ${direction}: ${wrong} octets differ from the ITU-T's`);
}

function one(codec: Codec, direction: "Encode" | "Decode"): OurKernel {
  const [into, out] = direction === "Encode" ? [codec.samples, codec.code] : [codec.code, codec.samples];
  return { loop: `${codec.name}${direction}`, in: into, out, open: (rig) => open(rig, codec, direction) };
}

function eight(codec: Codec, direction: "Encode" | "Decode"): OurKernel {
  return {
    ...one(codec, direction),
    loop: `${codec.name}${direction}Lanes`,
    channels: CHANNELS,
    open(rig) {
      const jobs = rig.take(12 * CHANNELS);
      for (let n = 0; n < CHANNELS; n++) rig.words(jobs + 12 * n, 1)[0] = open(rig, codec, direction);
      return jobs;
    },
  };
}

function open(rig: KernelRig, codec: Codec, direction: "Encode" | "Decode"): number {
  const state = rig.take(STATE);
  rig.call(`${codec.name.toLowerCase()}${direction}Open`, state);
  return state;
}

export function codecRows(peers: Peers): Row[] {
  return [g722, g726].flatMap((codec) =>
    (["Encode", "Decode"] as const).flatMap((direction) =>
      [one(codec, direction), eight(codec, direction)].map((kernel, n): Row => {
        const verb = direction === "Encode" ? "encode" : "decode";
        const theirs = `${codec.name.toLowerCase()}-${verb}`;
        return {
          name: `${codec.name.replace("G7", "G.7")} ${verb}, ${n === 0 ? "1 channel" : `${CHANNELS} channels`}`,
          peer: "spandsp",
          goal: codec.goals[verb][n] ?? null,
          check: async () => (n === 0 ? alone(peers, codec, direction, theirs) : sideBySide(codec, direction)),
          ours: () => timeOurs(kernel, channelsOf(codec, direction)),
          theirs: () => timeTheirs(peers, theirs, channelsOf(codec, direction), kernel.in, kernel.channels),
        };
      }),
    ),
  );
}

/** Speech of eight channels; for a decoder, coded. */
function channelsOf(codec: Codec, direction: "Encode" | "Decode"): Uint8Array {
  const sound = octetsOf(talk(codec.rate, CHANNELS * FRAMES, 0));
  return direction === "Encode" ? sound : Ours.run(one(codec, "Encode"), sound);
}

/**
 * The ITU-T's vectors, then spandsp's output on sounds the ITU-T has none of. spandsp leaves the ITU-T's arithmetic where
 * that saturates: there a decoder of ours may differ, but must not be further from the sound that was coded (1 dB).
 */
async function alone(peers: Peers, codec: Codec, direction: "Encode" | "Decode", theirs: string): Promise<string> {
  const notes = [codec.vectors(direction)].filter((note) => note !== "");
  const same: string[] = [];
  for (const { name, samples } of siblings(codec.rate, 100)) {
    const sound = octetsOf(samples);
    const input = direction === "Encode" ? sound : Ours.run(one(codec, "Encode"), sound);
    const [mine, other] = [Ours.run(one(codec, direction), input), await peers.run(theirs, input)];
    const wrong = differences(mine, other);
    if (wrong === 0) same.push(name);
    else {
      const decoded = (codes: Uint8Array) => (direction === "Encode" ? Ours.run(one(codec, "Decode"), codes) : codes);
      const [ours, spandsp] = [mine, other].map((codes) => errorOf(codec, samples, samplesOf(decoded(codes))));
      const isLoud = /full scale|extremes|^noise/.test(name);
      check(
        isLoud && (ours ?? 0) < (spandsp ?? 0) + 1,
        `${codec.name} ${direction}: ${wrong} octets differ from spandsp's on ${name}`,
      );
      notes.push(`on ${name} ${wrong} octets differ, errors ${ours?.toFixed(1)} dB (spandsp ${spandsp?.toFixed(1)})`);
    }
  }
  return [...notes, `spandsp's octets on ${same.join(", ")}`].join("; ");
}

/** What became of a sound, against it, dB. */
function errorOf(codec: Codec, sound: Int16Array, heard: Int16Array): number {
  const delay = codec.name === "G722" ? 22 : 0;
  let [error, power] = [0, 0];
  for (let n = 400; n + delay < sound.length; n++) {
    error += ((heard[n + delay] ?? 0) - (sound[n] ?? 0)) ** 2;
    power += (sound[n] ?? 0) ** 2;
  }
  return 10 * Math.log10(error / power);
}

/** Eight channels at once, each with another sound, against the same one by one. */
function sideBySide(codec: Codec, direction: "Encode" | "Decode"): string {
  const inputs = siblings(codec.rate, FRAMES).map(({ samples }) =>
    direction === "Encode" ? octetsOf(samples) : Ours.run(one(codec, "Encode"), octetsOf(samples)),
  );
  const together = Ours.run(eight(codec, direction), Buffer.concat(inputs));
  const apart = Buffer.concat(inputs.map((input) => Ours.run(one(codec, direction), input)));
  const wrong = differences(apart, together);
  check(
    wrong === 0,
    `${codec.name} ${direction}: ${wrong} octets differ between eight channels at once and one by one`,
  );
  return "each channel another sound, octets as one by one";
}
