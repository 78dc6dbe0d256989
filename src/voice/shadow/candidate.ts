import { readFile, stat } from "node:fs/promises";
import * as layout from "../../../assembly/layout.ts";
import type { RtpFormat } from "../../message/media.ts";
import type { CodecFile } from "../contract.ts";
import { openEngine } from "../engine.ts";
import { formatNumber, newVoiceMemory } from "../map.ts";
import { CodecModule } from "../plugin/codec.ts";
import { readCodec } from "../plugin/read.ts";
import type { Timing } from "./player.ts";

/** Ours has 130 kB. */
const MOST_FILE_OCTETS = 4 << 20;
const builtIn: Readonly<Record<string, RtpFormat>> = {
  "pcmu/8000": "PCMU",
  "pcma/8000": "PCMA",
  "g722/8000": "G722",
  "g726-32/8000": "G726-32",
  "aal2-g726-32/8000": "AAL2-G726-32",
  "l16/8000": "L16/8000",
  "l16/16000": "L16/16000",
};
const wide: readonly (RtpFormat | undefined)[] = ["G722", "L16/16000"];

/** A candidate's file that can not be used: names the file, the fault and the way out. */
export class CandidateFault extends Error {}

/**
 * Compiles a build of voice.wasm and tries whether it opens.
 * @throws CandidateFault
 */
export async function loadModule(file: string, timing: Timing): Promise<WebAssembly.Module> {
  const build = 'build it with "npx asc --config asconfig.json --target release" from sources of this version';
  try {
    const module = await WebAssembly.compile(await readAtMost(file));
    const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
    if (imports.join() !== "env.memory")
      throw new Error(`it imports ${imports.join(", ") || "no memory"}, and may import env.memory alone: ${build}`);
    openEngine(module, newVoiceMemory(), { rtp: 2, usb: 0, ...timing });
    return module;
  } catch (error) {
    const reason = messageOf(error).replaceAll("voice.wasm", "it").replace("build it again", build);
    const wayOut = reason.includes("build") || reason.includes("path") ? "" : `: ${build}`;
    throw new CandidateFault(`shadow module ${file}: ${reason}${wayOut}`);
  }
}

/**
 * Reads a candidate codec, and finds the live format it is compared with: a built-in one or a plug-in of its name.
 * @throws CandidateFault
 */
export async function loadBeside(
  file: string,
  codecs: readonly CodecFile[],
  { frameMs }: Timing,
): Promise<{ module: CodecModule; format: number }> {
  try {
    const module = new CodecModule(await readCodec(file).catch((error: unknown) => Promise.reject(unreadable(error))));
    const { name, clockRate, sampleRate, frameMs: own } = module.shape;
    if (frameMs !== own)
      throw new Error(`its frames have ${own} ms, the gateway's have ${frameMs}: compare it with frames of ${own}`);
    const format = builtIn[`${name.toLowerCase()}/${clockRate}`];
    const plugin = codecs.findIndex(
      (one) => one.name.toLowerCase() === name.toLowerCase() && one.clockRate === clockRate,
    );
    if (format === undefined && plugin < 0)
      throw new Error(
        `it is ${name}/${clockRate}, and no live codec is: name it as the one it replaces, or add its [[codec]]`,
      );
    const rate = wide.includes(format) ? 16_000 : 8000;
    if (format !== undefined && sampleRate !== rate)
      throw new Error(`it has ${sampleRate} samples/s, the live ${format} has ${rate}: give it the same rate`);
    return { module, format: format === undefined ? layout.FORMAT_PLUGIN + plugin : numberOf(format) };
  } catch (error) {
    throw new CandidateFault(`shadow codec ${file}: ${messageOf(error)} ("offhook codec check" says more)`);
  }
}

function numberOf(format: RtpFormat): number {
  // `as`: of the table of built-in ones, which VoiceMap has, too.
  return formatNumber(format as Parameters<typeof formatNumber>[0]);
}

async function readAtMost(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MOST_FILE_OCTETS) throw new Error(`it has ${size} octets, the most is ${MOST_FILE_OCTETS}`);
    return await readFile(file);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error : new Error(`it can not be read (${code}): check the path`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
