import * as layout from "../../assembly/layout.ts";
import type { FrameMs } from "./contract.ts";

const SAMPLES_PER_MS = 8;

/** The WASM module at work on its memory. */
export interface Engine {
  /** One tick; `periods` = frame times since the tick before, 1 unless ticks could not be held. */
  tick(periods: number): void;
  /** The same with work of the host's codecs between its parts: decoding, then encoding. */
  tickWith(periods: number, codecs: { decode(): void; encode(): void }): void;
  close(): void;
}

interface Abi {
  version(): number;
  open(rtp: number, usb: number, depth: number, frame: number): number;
  tick(periods: number): void;
  tickBegin(periods: number): void;
  tickMiddle(): void;
  tickEnd(periods: number): void;
  close(): void;
}

/**
 * Instantiates the module on zeroed memory.
 * Throws when the module and the memory map of this source are not of one build, or the figures do not fit the map.
 */
export function openEngine(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  figures: { readonly rtp: number; readonly usb: number; readonly jitterMs: number; readonly frameMs: FrameMs },
): Engine {
  const abi = readAbi(new WebAssembly.Instance(module, { env: { memory } }).exports);
  if (abi.version() !== layout.ABI_VERSION)
    throw new Error(`voice.wasm has ABI ${abi.version()}, expected ${layout.ABI_VERSION}: build it again`);
  const depth = figures.jitterMs * SAMPLES_PER_MS;
  const refused = abi.open(figures.rtp, figures.usb, depth, figures.frameMs * SAMPLES_PER_MS);
  if (refused !== 0) throw new Error(`voice.wasm: ${refusals[refused] ?? "refused"} (${JSON.stringify(figures)})`);
  return {
    tick: (periods) => abi.tick(periods),
    tickWith: (periods, codecs) => {
      abi.tickBegin(periods);
      codecs.decode();
      abi.tickMiddle();
      codecs.encode();
      abi.tickEnd(periods);
    },
    close: () => abi.close(),
  };
}

const refusals = [
  "",
  `at most ${layout.MAX_RTP} RTP streams`,
  `at most ${layout.MAX_USB} USB channels`,
  "a jitter buffer of at most 200 ms",
  "frames of 10 or 20 ms",
  "the memory is too small",
];

function readAbi(exports: Readonly<Record<string, unknown>>): Abi {
  const call = (name: string) => {
    const found = exports[name];
    if (typeof found !== "function") throw new Error(`voice.wasm exports no ${name}: build it again`);
    return (...numbers: number[]): number => Number(found(...numbers));
  };
  const [version, open, tick, close] = [call("version"), call("open"), call("tick"), call("close")];
  const [begin, middle, last] = [call("tickBegin"), call("tickMiddle"), call("tickEnd")];
  return {
    version: () => version(),
    open,
    tick: (periods) => void tick(periods),
    tickBegin: (periods) => void begin(periods),
    tickMiddle: () => void middle(),
    tickEnd: (periods) => void last(periods),
    close: () => void close(),
  };
}
