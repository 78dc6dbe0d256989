import { type CodecFrameMs, isNoVoice } from "../../message/media.ts";
import { CodecFault } from "./binary.ts";
import { FUEL, FUEL_OF_A_CALL, fence, HOST_PAGES, MEMORY, MOST_FILE_OCTETS } from "./fence.ts";

export { CodecFault } from "./binary.ts";

/** docs/codec.md has the numbers again. */
export const CODEC_ABI = 1;
export const MOST_OCTETS = 640;
/** Samples of 30 ms at the higher rate. */
const MOST_SAMPLE_OCTETS = 960;
export const MOST_STATE = 48 * 1024;
const MOST_NAME = 32;
const PAGE = 65536;
/** Between what lies in the gateway's pages: octets that nobody writes. */
export const GUARD = 4096;

export interface CodecShape {
  /** RTP encoding name, as `a=rtpmap` writes it. */
  readonly name: string;
  readonly sampleRate: number;
  readonly clockRate: number;
  /** How long a frame is. */
  readonly frameMs: CodecFrameMs;
  /** The most octets of a frame. */
  readonly frameOctets: number;
  readonly encoderState: number;
  readonly decoderState: number;
  /** The codec makes up itself what was lost. */
  readonly conceals: boolean;
}

/** Where things lie in the codec's memory, octets. */
export interface CodecPlaces {
  readonly encoder: number;
  readonly decoder: number;
  readonly samples: number;
  readonly octets: number;
  readonly end: number;
}

type Call = (...numbers: number[]) => unknown;

/** A codec's file, found good: one stream's instance of it is made by `open`. */
export class CodecModule {
  readonly shape: CodecShape;
  readonly pages: number;
  readonly #module: WebAssembly.Module;

  /** @throws CodecFault a sentence that says what is wrong with the file */
  constructor(octets: Uint8Array) {
    if (octets.length > MOST_FILE_OCTETS)
      throw new CodecFault(`the file has ${octets.length} octets, the most is ${MOST_FILE_OCTETS}`);
    compile(octets);
    const fenced = fence(octets);
    this.#module = compile(fenced.octets);
    this.pages = fenced.pages;
    this.shape = readShape(this.#instantiate());
  }

  open(): CodecInstance {
    return new CodecInstance(this.#instantiate(), this.shape);
  }

  #instantiate(): Fence {
    return new Fence(this.#module, this.pages);
  }
}

function compile(octets: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(octets);
  } catch (error) {
    throw new CodecFault(`the file is no WebAssembly module: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One instance on a memory of its own, and the only way to call it. */
export class Fence {
  readonly memory: Uint8Array;
  readonly places: CodecPlaces;
  /** Instructions that a call may take. */
  fuel = FUEL_OF_A_CALL;
  /** Instructions that the last call paid for. */
  spent = 0;
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #fuel: { value: number };

  constructor(module: WebAssembly.Module, pages: number) {
    try {
      this.#exports = new WebAssembly.Instance(module, {}).exports;
    } catch (error) {
      throw new CodecFault(`it can not be started: ${messageOf(error)}`);
    }
    // fence.ts exports both.
    this.#fuel = this.#exports[FUEL] as { value: number };
    this.memory = new Uint8Array((this.#exports[MEMORY] as { readonly buffer: ArrayBuffer }).buffer);
    const encoder = pages * PAGE + GUARD;
    const decoder = encoder + MOST_STATE + GUARD;
    const samples = decoder + MOST_STATE + GUARD;
    const octets = samples + MOST_SAMPLE_OCTETS + GUARD;
    this.places = { encoder, decoder, samples, octets, end: (pages + HOST_PAGES) * PAGE };
  }

  has(name: string): boolean {
    return typeof this.#exports[name] === "function";
  }

  /** @throws CodecFault when it is not there, traps, or takes too long */
  call(name: string, ...numbers: number[]): number {
    const found = this.#exports[name];
    if (typeof found !== "function") throw new CodecFault(`it exports no function ${name}`);
    const fuel = this.fuel;
    this.#fuel.value = fuel;
    try {
      return Number((found as Call)(...numbers)) | 0;
    } catch (error) {
      if (this.#fuel.value < 0) throw new CodecFault(`${name} ran for more than ${fuel} instructions and was stopped`);
      throw new CodecFault(`${name} trapped: ${messageOf(error)}`);
    } finally {
      this.spent = fuel - this.#fuel.value;
    }
  }
}

function readShape(fence: Fence): CodecShape {
  const abi = fence.call("codec_abi");
  if (abi !== CODEC_ABI) throw new CodecFault(`codec_abi tells ${abi}: this gateway has version ${CODEC_ABI}`);
  for (const name of ["encode_open", "encode", "decode_open", "decode"])
    if (!fence.has(name)) throw new CodecFault(`it exports no function ${name}`);
  const frameMs = readFrameMs(fence);
  const most = frameMs === 10 ? MOST_OCTETS / 2 : MOST_OCTETS;
  return {
    name: readName(fence),
    sampleRate: told(fence, "codec_sample_rate", (rate) => rate === 8000 || rate === 16000, "8000 or 16000"),
    clockRate: told(fence, "codec_clock_rate", (rate) => rate === 8000 || rate === 16000, "8000 or 16000"),
    frameMs,
    frameOctets: told(
      fence,
      "codec_frame_octets",
      (octets) => octets >= 1 && octets <= most,
      `1 to ${most} in ${frameMs} ms`,
    ),
    encoderState: stateOf(fence, 0),
    decoderState: stateOf(fence, 1),
    conceals: fence.has("conceal"),
  };
}

/** A codec that does not tell has frames of 20 ms. */
function readFrameMs(fence: Fence): CodecFrameMs {
  const frameMs = fence.has("codec_frame_ms") ? fence.call("codec_frame_ms") : 20;
  if (frameMs === 10 || frameMs === 20 || frameMs === 30) return frameMs;
  throw new CodecFault(`codec_frame_ms tells ${frameMs}: a frame has 10, 20 or 30 ms`);
}

function readName(fence: Fence): string {
  const at = fence.places.octets;
  const length = fence.call("codec_name", at);
  const name = length > 0 && length <= MOST_NAME ? String.fromCharCode(...fence.memory.subarray(at, at + length)) : "";
  if (isNoVoice(name)) throw new CodecFault(`codec_name tells ${name}, which is no voice: give the codec another name`);
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name;
  const told = name === "" ? "does not tell a name" : `tells ${JSON.stringify(name)}`;
  throw new CodecFault(`codec_name ${told}: write 1 to ${MOST_NAME} letters, digits and "-", and return how many`);
}

function told(fence: Fence, name: string, isGood: (value: number) => boolean, wanted: string): number {
  const value = fence.call(name);
  if (!isGood(value)) throw new CodecFault(`${name} tells ${value}: it must be ${wanted}`);
  return value;
}

function stateOf(fence: Fence, direction: number): number {
  const octets = fence.call("codec_state", direction);
  if (octets >= 0 && octets <= MOST_STATE) return octets;
  throw new CodecFault(`codec_state(${direction}) tells ${octets} octets: it must be 0 to ${MOST_STATE}`);
}

/** One stream's codec: an encoder and a decoder. Every method throws a CodecFault when the codec does not keep its word. */
export class CodecInstance {
  readonly fence: Fence;
  readonly shape: CodecShape;
  /** Samples of a frame. */
  readonly samples: number;

  constructor(fence: Fence, shape: CodecShape) {
    this.fence = fence;
    this.shape = shape;
    this.samples = (shape.sampleRate / 1000) * shape.frameMs;
    fence.fuel = shape.frameMs === 10 ? FUEL_OF_A_CALL / 2 : FUEL_OF_A_CALL;
  }

  openEncoder(): void {
    this.#open("encode_open", this.fence.places.encoder, this.shape.encoderState);
  }

  openDecoder(): void {
    this.#open("decode_open", this.fence.places.decoder, this.shape.decoderState);
  }

  /** Octets of a frame of 16-bit samples, little-endian; a view that is good until the next call. */
  encode(samples: Uint8Array): Uint8Array {
    const { memory, places } = this.fence;
    memory.set(samples, places.samples);
    const room = this.shape.frameOctets;
    const length = this.fence.call("encode", places.encoder, places.samples, this.samples, places.octets, room);
    if (length < 1 || length > room)
      throw new CodecFault(`encode tells a frame of ${length} octets: it declared 1 to ${room}`);
    return memory.subarray(places.octets, places.octets + length);
  }

  /** A frame of samples as octets, as a view; null when the codec says that this is no frame of it. */
  decode(octets: Uint8Array): Uint8Array | null {
    const { memory, places } = this.fence;
    memory.set(octets, places.octets);
    const count = this.fence.call("decode", places.decoder, places.octets, octets.length, places.samples, this.samples);
    if (count === 0) return null;
    return this.#heard("decode", count);
  }

  /** A frame made up for one that was lost; null when the codec can not. */
  conceal(): Uint8Array | null {
    if (!this.shape.conceals) return null;
    const { places } = this.fence;
    return this.#heard("conceal", this.fence.call("conceal", places.decoder, places.samples, this.samples));
  }

  #heard(what: string, count: number): Uint8Array {
    if (count !== this.samples)
      throw new CodecFault(`${what} tells ${count} samples: ${this.shape.frameMs} ms at its rate are ${this.samples}`);
    const { memory, places } = this.fence;
    return memory.subarray(places.samples, places.samples + 2 * count);
  }

  #open(name: string, at: number, octets: number): void {
    this.fence.memory.fill(0, at, at + octets);
    this.fence.call(name, at);
  }
}
