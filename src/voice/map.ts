import * as layout from "../../assembly/layout.ts";
import type { BuiltInFormat, PluginFormat, RtpFormat, VoiceFormat } from "../message/media.ts";

/** Reads and writes the memory map of assembly/layout.ts. Words are aligned; addresses are octets. */
export class VoiceMap {
  readonly octets: Uint8Array;
  readonly memory: WebAssembly.Memory;
  /** The codecs of the host in the order of the table at HEADER_CODECS. */
  readonly plugins: PluginFormat[] = [];
  readonly #words: Int32Array;
  readonly #reals: Float64Array;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.octets = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#reals = new Float64Array(memory.buffer);
  }

  word(address: number): number {
    return this.#words[address >> 2] ?? 0;
  }

  setWord(address: number, value: number): void {
    this.#words[address >> 2] = value;
  }

  /** A number of 64 bits, at a multiple of 8. */
  real(address: number): number {
    return this.#reals[address >> 3] ?? 0;
  }

  /** For the words two threads touch. */
  sharedWord(address: number): number {
    return Atomics.load(this.#words, address >> 2);
  }

  setSharedWord(address: number, value: number): void {
    Atomics.store(this.#words, address >> 2, value);
  }

  add(address: number, by: number): void {
    this.setWord(address, this.word(address) + by);
  }

  /** 0 for a codec that is not loaded. */
  formatNumber(format: VoiceFormat | RtpFormat): number {
    const plugin = this.plugins.findIndex((name) => name.toLowerCase() === format.toLowerCase());
    return plugin >= 0 ? layout.FORMAT_PLUGIN + plugin : (numbers.get(format) ?? 0);
  }

  /** 16000 samples a second. */
  isWide(format: number): boolean {
    if (format < layout.FORMAT_PLUGIN)
      return format === layout.FORMAT_G722 || format === layout.FORMAT_L16_NETWORK_WIDE;
    const codec = layout.HEADER_CODECS + (format - layout.FORMAT_PLUGIN) * layout.CODEC_STRIDE;
    return this.word(codec + layout.CODEC_WIDE) !== 0;
  }

  /** For status; null for a number that is no format. */
  formatName(number: number): string | null {
    return this.plugins[number - layout.FORMAT_PLUGIN]?.slice("codec:".length) ?? formatName(number);
  }

  /** All zero: as before the first `open`. */
  clear(): void {
    this.octets.fill(0);
  }
}

/** Shared memory of the size the module was built for. */
export function newVoiceMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: layout.PAGES, maximum: layout.PAGES, shared: true });
}

/** Address of an endpoint's block. */
export function endpointAddress(index: number): number {
  return layout.ENDPOINTS_OFFSET + index * layout.ENDPOINT_SIZE;
}

/** Address of one of an endpoint's kernel states, KERNEL_…. */
export function kernelAddress(index: number, kernel: number): number {
  return layout.KERNELS_OFFSET + index * layout.KERNELS_STRIDE + kernel;
}

const formats: Readonly<Record<VoiceFormat | BuiltInFormat, number>> = {
  PCMU: layout.FORMAT_PCMU,
  PCMA: layout.FORMAT_PCMA,
  L16: layout.FORMAT_L16,
  G722: layout.FORMAT_G722,
  "G726-32": layout.FORMAT_G726,
  "AAL2-G726-32": layout.FORMAT_G726_AAL2,
  "L16/8000": layout.FORMAT_L16_NETWORK,
  "L16/16000": layout.FORMAT_L16_NETWORK_WIDE,
};
const numbers = new Map<string, number>(Object.entries(formats));
const names = new Map(Object.entries(formats).map(([name, number]) => [number, name]));

export function formatNumber(format: VoiceFormat): number {
  return formats[format];
}

/** Of the built-in ones; null for a number that is none. */
export function formatName(number: number): string | null {
  return names.get(number) ?? null;
}

/** Octets of so many samples of a device. */
export function octetsOf(format: VoiceFormat, samples: number): number {
  return format === "L16" ? 2 * samples : samples;
}
