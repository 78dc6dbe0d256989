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

export interface EngineFigures {
  readonly rtp: number;
  readonly usb: number;
  readonly frameMs: FrameMs;
  /** Depth of the jitter buffers at the beginning, and the bounds within which they follow the network; without: none. */
  readonly jitterMs: number;
  readonly jitterMinMs?: number;
  readonly jitterMaxMs?: number;
}

interface Abi {
  version(): number;
  open(rtp: number, usb: number, depth: number, frame: number, least: number, most: number): number;
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
export function openEngine(module: WebAssembly.Module, memory: WebAssembly.Memory, figures: EngineFigures): Engine {
  const abi = readAbi(new WebAssembly.Instance(module, { env: { memory } }).exports);
  if (abi.version() !== layout.ABI_VERSION)
    throw new Error(`voice.wasm has ABI ${abi.version()}, expected ${layout.ABI_VERSION}: build it again`);
  const { rtp, usb, frameMs, jitterMs, jitterMinMs = jitterMs, jitterMaxMs = jitterMs } = figures;
  const [depth, frame, least, most] = [jitterMs, frameMs, jitterMinMs, jitterMaxMs].map((ms) => ms * SAMPLES_PER_MS);
  const refused = abi.open(rtp, usb, depth ?? 0, frame ?? 0, least ?? 0, most ?? 0);
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
  "a jitter buffer of at most 200 ms, within its bounds",
  "frames of 10 or 20 ms",
  "the memory is too small",
];

function readAbi(exports: Readonly<Record<string, unknown>>): Abi {
  const call = (name: string) => {
    const found = exports[name];
    if (typeof found !== "function") throw new Error(`voice.wasm exports no ${name}: build it again`);
    return found as (...numbers: number[]) => number; // WebAssembly's functions take and give numbers.
  };
  const [version, open, tick, close] = [call("version"), call("open"), call("tick"), call("close")];
  const [begin, middle, last] = [call("tickBegin"), call("tickMiddle"), call("tickEnd")];
  return {
    version,
    open,
    tick,
    tickBegin: begin,
    tickMiddle: middle,
    tickEnd: last,
    close,
  };
}
