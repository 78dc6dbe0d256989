import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../../../", import.meta.url).pathname;

/** Something in a source of assembly/ that is to be something else. */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** voice.wasm from sources with changes in them, and without optimization, which is quicker and computes the same. */
export function builtVoice(...changes: readonly Change[]): Uint8Array<ArrayBuffer> {
  return inFolder((folder) => {
    // The compiler reads what lies beside this file.
    cpSync(join(root, "asconfig.json"), join(folder, "asconfig.json"));
    for (const { file, from, to } of changes) {
      const path = join(folder, "assembly", file);
      const source = readFileSync(path, "utf8");
      if (!source.includes(from)) throw new Error(`assembly/${file} has no ${JSON.stringify(from)} to change`);
      writeFileSync(path, source.replace(from, to));
    }
    return compile(folder, ["--config", "asconfig.json", "--target", "release", "-O0"]);
  });
}

/** A codec plug-in around one of our own kernels: the text of its file is given the ABI's constant parts. */
export function builtCodec(source: string, optimized: "-O0" | "-O3" = "-O0"): Uint8Array<ArrayBuffer> {
  return inFolder((folder) => {
    writeFileSync(join(folder, "candidate.ts"), source);
    const flags = ["--runtime", "stub", "--use", "abort=", "--enable", "simd", optimized, "--noAssert"];
    return compile(folder, ["candidate.ts", ...flags, "--disableWarning", "112"]);
  });
}

function inFolder(build: (folder: string) => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-candidate-"));
  try {
    cpSync(join(root, "assembly"), join(folder, "assembly"), { recursive: true });
    return build(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compile(folder: string, flags: readonly string[]): Uint8Array<ArrayBuffer> {
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const args = [asc, ...flags, "--outFile", "candidate.wasm"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`asc failed: ${stderr}`);
  return new Uint8Array(readFileSync(join(folder, "candidate.wasm")));
}

interface KernelCodec {
  readonly name: string;
  readonly sampleRate: number;
  readonly frameOctets: number;
  readonly imports: string;
  readonly encodeOpen: string;
  readonly decodeOpen: string;
  /** Of (state, samples, octets). */
  readonly encode: string;
  /** Of (state, octets, samples). */
  readonly decode: string;
}

/** The source of a plug-in that does what the calls do. */
export function codecSource(codec: KernelCodec): string {
  return `${codec.imports}
const name = memory.data<u8>([${[...Buffer.from(codec.name)].join()}]);
export function codec_abi(): i32 { return 1; }
export function codec_name(at: usize): i32 { memory.copy(at, name, ${codec.name.length}); return ${codec.name.length}; }
export function codec_sample_rate(): i32 { return ${codec.sampleRate}; }
export function codec_clock_rate(): i32 { return 8000; }
export function codec_frame_octets(): i32 { return ${codec.frameOctets}; }
export function codec_state(direction: i32): i32 { return 1024; }
export function encode_open(state: usize): void { ${codec.encodeOpen}; }
export function decode_open(state: usize): void { ${codec.decodeOpen}; }
export function encode(state: usize, samples: usize, count: i32, octets: usize, room: i32): i32 {
  ${codec.encode};
  return ${codec.frameOctets};
}
export function decode(state: usize, octets: usize, length: i32, samples: usize, count: i32): i32 {
  if (length != ${codec.frameOctets}) return 0;
  ${codec.decode};
  return count;
}
`;
}

export const g722: KernelCodec = {
  name: "G722",
  sampleRate: 16_000,
  frameOctets: 160,
  imports: 'import { g722Decode, g722DecodeOpen, g722Encode, g722EncodeOpen } from "./assembly/codec/g722.ts";',
  encodeOpen: "g722EncodeOpen(state)",
  decodeOpen: "g722DecodeOpen(state)",
  encode: "g722Encode(state, samples, octets, 160)",
  decode: "g722Decode(state, octets, samples, 160)",
};

export const g726: KernelCodec = {
  name: "G726-32",
  sampleRate: 8000,
  frameOctets: 80,
  imports: 'import { g726Decode, g726DecodeOpen, g726Encode, g726EncodeOpen } from "./assembly/codec/g726.ts";',
  encodeOpen: "g726EncodeOpen(state)",
  decodeOpen: "g726DecodeOpen(state)",
  encode: "g726Encode(state, samples, octets, 160)",
  decode: "g726Decode(state, octets, samples, 160)",
};
