import { readFileSync } from "node:fs";
import { KernelRig } from "../../test/assembly/kernel-rig.ts";

const loops = new WebAssembly.Module(readFileSync(new URL("../../dist/loops.wasm", import.meta.url)));

/** One of our kernels and the loop round it, assembly/loops.ts. */
export interface OurKernel {
  readonly loop: string;
  /** Octets of a frame of 20 ms: what goes in (0 for a source), what comes out. */
  readonly in: number;
  readonly out: number;
  /** Channels side by side, whose frames lie channel after channel. */
  readonly channels?: number;
  /** Makes a fresh state; its address. */
  open(rig: KernelRig): number;
}

/** A kernel on a memory of its own. */
export class Ours {
  readonly #kernel: OurKernel;
  readonly #rig = new KernelRig(loops);
  #state = 0;
  #from = 0;
  #to = 0;
  #frames = 0;

  constructor(kernel: OurKernel) {
    this.#kernel = kernel;
  }

  /** All frames of `input` from a fresh state on; a source makes as many frames as there are 320 octets. */
  static run(kernel: OurKernel, input: Uint8Array): Uint8Array {
    const ours = new Ours(kernel);
    ours.load(input);
    ours.#pass(1);
    return ours.#rig.octets(ours.#to, (input.length / (kernel.in || 320)) * kernel.out).slice();
  }

  /** What `time` works on, and a fresh state. */
  load(input: Uint8Array): void {
    const { channels = 1, ...kernel } = this.#kernel;
    const frames = input.length / (kernel.in || 320);
    if (!Number.isInteger(frames / channels))
      throw new Error(`${kernel.loop}: ${input.length} octets are no whole frames`);
    this.#frames = frames / channels;
    this.#state = kernel.open(this.#rig);
    this.#from = this.#rig.take(input.length);
    this.#to = this.#rig.take(frames * kernel.out);
    this.#rig.octets(this.#from, input.length).set(input);
  }

  /** Processor time of so many passes over what is loaded, ns. One pass more goes before. */
  time(passes: number): number {
    this.#pass(1);
    const before = process.cpuUsage();
    this.#pass(passes);
    const { user, system } = process.cpuUsage(before);
    return (user + system) * 1000;
  }

  #pass(passes: number): void {
    this.#rig.call(`loop${this.#kernel.loop}`, this.#state, this.#from, this.#to, this.#frames, passes);
  }
}
