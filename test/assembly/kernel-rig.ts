import { readFileSync } from "node:fs";

/** What assembly/kernels.ts exports: numbers in, numbers out. */
export type Kernel = (...args: number[]) => number;

const PAGES = 64;
/** Constants of the kernels lie below, octets. */
const KERNELS_FREE = 1 << 20;

const kernels = new WebAssembly.Module(readFileSync(new URL("../../dist/kernels.wasm", import.meta.url)));

/** The kernels on a memory of their own: `take` gives zeroed room, `call` runs one. */
export class KernelRig {
  readonly memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true });
  readonly #exports: Readonly<Record<string, unknown>>;
  #free = KERNELS_FREE;

  /** `module`: another one that is laid out alike, for the benchmark. */
  constructor(module: WebAssembly.Module = kernels) {
    this.#exports = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports;
  }

  kernel(name: string): Kernel {
    const found = this.#exports[name];
    if (typeof found !== "function") throw new Error(`assembly/kernels.ts exports no function "${name}"`);
    return found as Kernel; // WebAssembly's functions take and give numbers
  }

  call(name: string, ...args: readonly number[]): number {
    return this.kernel(name)(...args);
  }

  /** Address of so many zeroed octets, aligned to 16. */
  take(octets: number): number {
    const at = this.#free;
    this.#free += (octets + 15) & ~15;
    if (this.#free > PAGES * 65536) throw new Error(`the kernel rig has no room for ${octets} octets more`);
    return at;
  }

  /** Views of the memory itself. */
  samples(at: number, count: number): Int16Array {
    return new Int16Array(this.memory.buffer, at, count);
  }

  octets(at: number, count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, count);
  }

  words(at: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, at, count);
  }
}
