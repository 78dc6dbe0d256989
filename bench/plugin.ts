/**
 * What it costs that a codec is a plug-in: copying and calling, and the metering of its instructions.
 *
 *   npx tsx bench/plugin.ts FILE.wasm
 *
 * The codec as its file has it and as the gateway rewrites it take turns in one run; medians of CPU time.
 */
import { readFileSync } from "node:fs";
import { CodecModule } from "../src/voice/plugin/codec.ts";
import { KernelRig } from "../test/assembly/kernel-rig.ts";
import { tinyCodec } from "../test/voice/plugin/tiny-codec.ts";

const ROUNDS = 31;
const CALLS = 2000;

type Call = (...numbers: number[]) => number;

/** µs of CPU time a call. */
function timed(run: () => void): number {
  const began = process.cpuUsage();
  for (let n = 0; n < CALLS; n++) run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / CALLS;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** An empty codec: what is left is copying, calling, and the account of instructions. */
function measureCall(): void {
  const empty = [0x20, 4, 0x0b];
  const instance = new CodecModule(tinyCodec({ encode: empty, decode: empty, frameOctets: 160 })).open();
  const samples = new Uint8Array(320);
  const octets = new Uint8Array(160);
  const out = new Uint8Array(320);
  const both: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    both.push(
      timed(() => {
        out.set(instance.encode(samples));
        const heard = instance.decode(octets);
        if (heard !== null) out.set(heard);
      }),
    );
  console.log(`copying and calling, a frame there and back: ${median(both).toFixed(2)} µs`);
}

/** The cheapest built-in codec, on the gateway's memory: all of its work. */
function measureBuiltIn(): void {
  const rig = new KernelRig();
  const [samples, octets] = [rig.take(320), rig.take(160)];
  const [encode, decode] = [rig.kernel("encodePcma"), rig.kernel("decodePcma")];
  const all = Array.from({ length: ROUNDS }, () =>
    timed(() => {
      encode(samples, octets, 160);
      decode(octets, samples, 160);
    }),
  );
  console.log(`PCMA as it is built in, a frame there and back, its work included: ${median(all).toFixed(2)} µs`);
}

/** The file as it is, beside the file as it is metered; its memory must be its own. */
function measureMetering(file: string): void {
  const octets = readFileSync(file);
  const codec = new CodecModule(octets);
  const metered = codec.open();
  metered.openEncoder();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(octets), {});
  // What CodecModule found there; the memory's pages behind the module's own are the host's.
  const memory = exports["memory"] as { readonly buffer: ArrayBuffer; grow(pages: number): number };
  const at = memory.grow(1) * 65536;
  const raw = exports["encode"] as Call;
  const sound = Int16Array.from(
    { length: metered.samples },
    (_, n) => 8000 * Math.sin(n / 3) + 3000 * Math.sin(n / 1.7),
  );
  const samples = new Uint8Array(sound.buffer);
  const view = new Uint8Array(memory.buffer);
  (exports["encode_open"] as Call)(at);
  const [plain, fenced]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(
      timed(() => {
        view.set(samples, at + 32768);
        raw(at, at + 32768, metered.samples, at + 49152, codec.shape.frameOctets);
      }),
    );
    fenced.push(timed(() => void metered.encode(samples)));
  }
  const [a, b] = [median(plain), median(fenced)];
  console.log(
    `${codec.shape.name}, a frame encoded: ${a.toFixed(2)} µs as it is, ${b.toFixed(2)} µs fenced (${(b / a).toFixed(2)} times)`,
  );
}

measureCall();
measureBuiltIn();
for (const file of process.argv.slice(2)) measureMetering(file);
