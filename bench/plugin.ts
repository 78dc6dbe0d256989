/**
 * What it costs that a codec is a plug-in, shown on one of our own: G.722 as it is built in, eight streams at a time and one
 * by one, beside the same kernel behind the ABI of plug-ins (docs/codec.md), as the gateway fences it and as its file has it.
 * All four make the same octets and samples of the same sound, in the same run, or there is no figure.
 *
 *   npm run bench plugin
 */
import { speechLike } from "../src/voice/plugin/check/signals.ts";
import { type CodecInstance, CodecModule } from "../src/voice/plugin/codec.ts";
import { KernelRig } from "../test/assembly/kernel-rig.ts";
import { tinyCodec } from "../test/voice/plugin/tiny-codec.ts";
import { builtCodec, codecSource, g722 } from "../test/voice/shadow/built.ts";
import { check, median, range } from "./figures.ts";

const STREAMS = 8;
const FRAMES = 50;
const ROUNDS = 31;
const [SAMPLE_OCTETS, CODE_OCTETS, STATE] = [640, 160, 256];

/** Codes each stream's frame and takes it apart again; for every frame the octets, then the samples of each stream. */
interface Way {
  readonly name: string;
  pass(frame: number): void;
  /** What the last pass made. */
  made(): Uint8Array[];
}

const sound = speechLike(16_000, 3);

/** Each stream hears another part of it. */
function frameOf(stream: number, frame: number): Uint8Array {
  const from = 320 * (frame + 11 * stream);
  return new Uint8Array(sound.buffer, 2 * from, SAMPLE_OCTETS);
}

/** On the gateway's own memory, where what comes in and goes out lies already. */
class BuiltIn implements Way {
  readonly name: string;
  readonly #rig = new KernelRig();
  readonly #lanes: boolean;
  readonly #jobs: { encoder: number; decoder: number; samples: number; octets: number; heard: number }[];
  readonly #lists: readonly [number, number];

  constructor(name: string, lanes: boolean) {
    this.name = name;
    this.#lanes = lanes;
    const rig = this.#rig;
    this.#jobs = Array.from({ length: STREAMS }, () => ({
      encoder: rig.take(STATE),
      decoder: rig.take(STATE),
      samples: rig.take(SAMPLE_OCTETS),
      octets: rig.take(CODE_OCTETS),
      heard: rig.take(SAMPLE_OCTETS),
    }));
    for (const { encoder, decoder } of this.#jobs) {
      rig.call("g722EncodeOpen", encoder);
      rig.call("g722DecodeOpen", decoder);
    }
    const list = (words: readonly (readonly number[])[]) => {
      const at = rig.take(12 * STREAMS);
      rig.words(at, 3 * STREAMS).set(words.flat());
      return at;
    };
    this.#lists = [
      list(this.#jobs.map(({ encoder, samples, octets }) => [encoder, samples, octets])),
      list(this.#jobs.map(({ decoder, octets, heard }) => [decoder, octets, heard])),
    ];
  }

  pass(frame: number): void {
    const rig = this.#rig;
    // The gateway's are there already; that they are copied in here is to its disadvantage.
    this.#jobs.forEach(({ samples }, n) => void rig.octets(samples, SAMPLE_OCTETS).set(frameOf(n, frame)));
    if (this.#lanes) {
      rig.call("g722EncodeLanes", this.#lists[0], STREAMS, CODE_OCTETS);
      rig.call("g722DecodeLanes", this.#lists[1], STREAMS, CODE_OCTETS);
      return;
    }
    for (const { encoder, decoder, samples, octets, heard } of this.#jobs) {
      rig.call("g722Encode", encoder, samples, octets, CODE_OCTETS);
      rig.call("g722Decode", decoder, octets, heard, CODE_OCTETS);
    }
  }

  made(): Uint8Array[] {
    return this.#jobs.flatMap(({ octets, heard }) => [
      this.#rig.octets(octets, CODE_OCTETS).slice(),
      this.#rig.octets(heard, SAMPLE_OCTETS).slice(),
    ]);
  }
}

/** An instance for each stream, as the gateway has it. */
class PlugIn implements Way {
  readonly name = "as a plug-in";
  readonly #instances: readonly CodecInstance[];
  readonly #out = Array.from({ length: STREAMS }, () => [new Uint8Array(CODE_OCTETS), new Uint8Array(SAMPLE_OCTETS)]);

  constructor(codec: CodecModule) {
    this.#instances = Array.from({ length: STREAMS }, () => {
      const instance = codec.open();
      instance.openEncoder();
      instance.openDecoder();
      return instance;
    });
  }

  pass(frame: number): void {
    this.#instances.forEach((instance, n) => {
      const [octets, heard] = this.#out[n] ?? [];
      octets?.set(instance.encode(frameOf(n, frame)));
      if (octets !== undefined) heard?.set(instance.decode(octets) ?? []);
    });
  }

  made(): Uint8Array[] {
    return this.#out.flat().map((octets) => octets.slice());
  }
}

type Call = (...numbers: number[]) => number;

/** The file as it is, without the account of instructions: what the fence costs is what it is quicker. */
class Unfenced implements Way {
  readonly name = "as a plug-in without its fence";
  readonly #streams;
  readonly #out = Array.from({ length: STREAMS }, () => [new Uint8Array(CODE_OCTETS), new Uint8Array(SAMPLE_OCTETS)]);

  constructor(octets: Uint8Array<ArrayBuffer>) {
    const module = new WebAssembly.Module(octets);
    this.#streams = Array.from({ length: STREAMS }, () => {
      const { exports } = new WebAssembly.Instance(module, {});
      const memory = exports["memory"] as { readonly buffer: ArrayBuffer; grow(pages: number): number };
      const at = memory.grow(1) * 65536;
      (exports["encode_open"] as Call)(at);
      (exports["decode_open"] as Call)(at + 8192);
      const [encode, decode] = [exports["encode"] as Call, exports["decode"] as Call];
      return { encode, decode, at, view: new Uint8Array(memory.buffer) };
    });
  }

  pass(frame: number): void {
    this.#streams.forEach(({ encode, decode, at, view }, n) => {
      const [samples, coded] = [at + 16_384, at + 24_576];
      const [octets, heard] = this.#out[n] ?? [];
      view.set(frameOf(n, frame), samples);
      encode(at, samples, 320, coded, CODE_OCTETS);
      octets?.set(view.subarray(coded, coded + CODE_OCTETS));
      decode(at + 8192, coded, CODE_OCTETS, samples, 320);
      heard?.set(view.subarray(samples, samples + SAMPLE_OCTETS));
    });
  }

  made(): Uint8Array[] {
    return this.#out.flat().map((octets) => octets.slice());
  }
}

function sameOutputs(ways: readonly Way[]): void {
  for (let frame = 0; frame < FRAMES; frame++) {
    const [first, ...others] = ways.map((way) => {
      way.pass(frame);
      return { name: way.name, made: Buffer.concat(way.made()) };
    });
    for (const { name, made } of others)
      check(first?.made.equals(made) === true, `frame ${frame}: ${name} has other octets or samples`);
  }
}

/** µs of processor time of a stream's frame, there and back. */
function timed(pass: (frame: number) => void, streams: number): number {
  const began = process.cpuUsage();
  for (let n = 0; n < 4 * FRAMES; n++) pass(n % FRAMES);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / (4 * FRAMES * streams);
}

/** A codec that does nothing: what is left is copying, calling, and the account of instructions. */
function emptyCodec(): (frame: number) => void {
  const empty = [0x20, 4, 0x0b];
  const instance = new CodecModule(tinyCodec({ encode: empty, decode: empty, frameOctets: CODE_OCTETS })).open();
  const [samples, out] = [new Uint8Array(320), new Uint8Array(320)];
  return () => {
    for (let n = 0; n < STREAMS; n++) {
      out.set(instance.encode(samples));
      out.set(instance.decode(out.subarray(0, CODE_OCTETS)) ?? []);
    }
  };
}

/** The cheapest built-in codec, with all of its work. */
function builtInPcma(): (frame: number) => void {
  const rig = new KernelRig();
  const [samples, octets, again] = [rig.take(320), rig.take(160), rig.take(160)];
  const [encode, decode] = [rig.kernel("encodePcma"), rig.kernel("decodePcma")];
  rig.octets(octets, 160).forEach((_, n, all) => {
    all[n] = n;
  });
  decode(octets, samples, 160);
  encode(samples, again, 160);
  check(
    rig.octets(again, 160).every((octet, n) => octet === n),
    "PCMA: an octet decoded and encoded is another",
  );
  return () => {
    for (let n = 0; n < STREAMS; n++) {
      encode(samples, octets, 160);
      decode(octets, samples, 160);
    }
  };
}

function main(): void {
  const file = builtCodec(codecSource(g722), "-O3");
  const lanes = new BuiltIn("built in, eight at a time", true);
  const alone = new BuiltIn("built in, one by one", false);
  const ways: readonly Way[] = [lanes, alone, new PlugIn(new CodecModule(file)), new Unfenced(file)];
  sameOutputs(ways);
  const runs = [
    ...ways.map((way) => ({ name: way.name, pass: (frame: number) => way.pass(frame) })),
    { name: "copying and calling alone", pass: emptyCodec() },
    { name: "PCMA, built in", pass: builtInPcma() },
  ];
  const times = runs.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) runs.forEach(({ pass }, n) => void times[n]?.push(timed(pass, STREAMS)));
  const least = median(times[0] ?? []);
  const figures = runs.map(({ name }, n) => {
    const all = times[n] ?? [];
    return { what: name, us: median(all), times: median(all) / least, spread: range(all, 2) };
  });
  if (process.argv.includes("--json")) return console.log(JSON.stringify({ streams: STREAMS, figures }));
  console.log(`G.722, a stream's frame of 20 ms there and back, ${STREAMS} streams, processor time`);
  for (const { what, us, times: ratio, spread } of figures)
    console.log(`${what.padEnd(32)} ${us.toFixed(2)} µs  ${ratio.toFixed(1)} times  (${spread})`);
  console.log(`checked: all four have the same octets and samples, ${FRAMES} frames of ${STREAMS} streams`);
}

main();
