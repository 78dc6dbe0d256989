import { DTMF_DETECT_STATE } from "../../../assembly/dtmf/detect-state.ts";
import { keypad, keySound, peakOf } from "../../../test/assembly/key-sound.ts";
import { check } from "../../figures.ts";
import { octetsOf, samplesOf, siblings, talk } from "../inputs.ts";
import { type OurKernel, Ours } from "../ours.ts";
import type { Peers } from "../peers.ts";
import { type Row, timeOurs, timeTheirs } from "../row.ts";

const FRAMES = 50;
const events = "0123456789*#ABCD";

const detector: OurKernel = {
  loop: "DtmfDetect",
  in: 320,
  out: 4,
  open(rig) {
    const state = rig.take(DTMF_DETECT_STATE);
    rig.call("dtmfDetectOpen", state);
    return state;
  },
};

/** The dial tone of North America, -13 dBm0 each, as bench/voice/peers has it. */
const TONES = [350, 440] as const;
const LEVEL = -13;

const generator: OurKernel = {
  loop: "TonePair",
  in: 0,
  out: 320,
  open(rig) {
    const state = rig.take(64);
    const [low, high] = TONES.map((hertz) => Math.round((hertz * 2 ** 32) / 8000));
    const peak = Math.round(peakOf(LEVEL));
    rig.call("tonePairOpen", state, low ?? 0, peak, high ?? 0, peak);
    return state;
  },
};

export function signalRows(peers: Peers): Row[] {
  const speech = octetsOf(talk(8000, FRAMES, 0));
  return [
    {
      name: "DTMF detector, in speech",
      peer: "spandsp",
      goal: 4,
      check: () => keysAreFound(peers),
      ours: () => timeOurs(detector, speech),
      theirs: () => timeTheirs(peers, "dtmf", speech, 320),
    },
    {
      name: "two tones together",
      peer: "spandsp",
      goal: 3,
      check: () => tonesArePure(peers),
      ours: () => timeOurs(generator, speech),
      theirs: () => timeTheirs(peers, "tone", speech, 320),
    },
  ];
}

async function keysAreFound(peers: Peers): Promise<string> {
  const sounds = [...keypad, ...keypad].map((key, n) =>
    octetsOf(
      keySound({ key, ms: 60, beforeMs: 60, lowDbm0: -4 - n / 2, highDbm0: -3 - n / 2, noiseDb: 20, seed: n + 1 }),
    ),
  );
  const input = Buffer.concat(sounds);
  const [found, theirs] = [keysIn(input), await theirKeysIn(peers, input)];
  check(found === keypad + keypad, `DTMF: "${found}" was found for "${keypad}" twice`);
  const talkedOff = siblings(8000, 400).flatMap(({ name, samples }) =>
    keysIn(octetsOf(samples)) === "" ? [] : [name],
  );
  check(talkedOff.length === 0, `DTMF: keys were found in ${talkedOff.join(", ")}`);
  return `32 keys from -3 to -19 dBm0 in noise, all found (spandsp: ${theirs.length}); none in speech, noise or full scale`;
}

function keysIn(input: Uint8Array): string {
  const told = Ours.run(detector, input);
  const words = new Int32Array(told.buffer, told.byteOffset, told.length >> 2);
  return [...words].flatMap((word) => (word >= 0 && (word & 256) !== 0 ? [events[word & 15] ?? ""] : [])).join("");
}

async function theirKeysIn(peers: Peers, input: Uint8Array): Promise<string> {
  const digits = await peers.run("dtmf", input);
  return Buffer.from(digits.filter((octet) => octet !== 0)).toString("latin1");
}

async function tonesArePure(peers: Peers): Promise<string> {
  const second = new Uint8Array(50 * 320);
  const [ours, theirs] = [
    purity(samplesOf(Ours.run(generator, second))),
    purity(samplesOf(await peers.run("tone", second))),
  ];
  check(ours.rest < -60, `two tones: ${ours.rest.toFixed(1)} dB of something else`);
  check(
    ours.levels.every((dB) => Math.abs(dB - LEVEL) < 0.02),
    `two tones: ${ours.levels.map((dB) => dB.toFixed(2))} dBm0`,
  );
  return `both tones within 0.02 dB, all else ${ours.rest.toFixed(0)} dB (spandsp ${theirs.rest.toFixed(0)} dB)`;
}

/** Levels of the two tones, dBm0, and what else there is against them, dB; of a second. */
function purity(samples: Int16Array): { readonly levels: readonly number[]; readonly rest: number } {
  const rest = Float64Array.from(samples);
  let wanted = 0;
  const levels = TONES.map((hertz) => {
    const [sines, cosines] = [wavesOf(Math.sin, hertz), wavesOf(Math.cos, hertz)];
    const [real, imaginary] = [correlation(samples, cosines), correlation(samples, sines)];
    rest.forEach((sample, n) => {
      rest[n] = sample - real * (cosines[n] ?? 0) - imaginary * (sines[n] ?? 0);
    });
    wanted += (real * real + imaginary * imaginary) / 2;
    return 20 * Math.log10(Math.hypot(real, imaginary) / 32768) + 3.14;
  });
  const unwanted = rest.reduce((sum, sample) => sum + sample * sample, 0) / rest.length;
  return { levels, rest: 10 * Math.log10(unwanted / wanted) };
}

function wavesOf(wave: (angle: number) => number, hertz: number): Float64Array {
  return Float64Array.from({ length: 8000 }, (_, n) => wave((2 * Math.PI * hertz * n) / 8000));
}

function correlation(samples: Int16Array, wave: Float64Array): number {
  return samples.reduce((sum, sample, n) => sum + sample * (wave[n] ?? 0), 0) / (samples.length / 2);
}
