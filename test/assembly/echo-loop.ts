import { linear } from "./echo-line.ts";
import { KernelRig } from "./kernel-rig.ts";
import { randomFrom } from "./rtp.ts";

const FRAME = 160;
const STATE = 65_536;

export interface LoopOptions {
  /** What each port's phone says, equally long. One port: what it says comes back to it, as at an echo number. */
  readonly says: readonly Float64Array[];
  /** NLP | ADAPT. */
  readonly enable: number;
  /** From what one says to where the other hears it, frames. */
  readonly delay: number;
  /** Played to all until its end; then they hear each other. */
  readonly first?: Float64Array;
  /** Seed: frames are lost now and then, and the echo is a frame away from where the canceller looks. */
  readonly losses?: number;
}

export interface PortSound {
  readonly far: Int16Array;
  /** From the phone, cleaned. */
  readonly out: Int16Array;
}

/** Ports with a flat hybrid of 20 dB, joined in frames of A-law. */
export class EchoLoop {
  readonly #rig = new KernelRig();
  readonly #states = [this.#rig.take(STATE), this.#rig.take(STATE)];
  readonly #far = this.#rig.take(2 * FRAME);
  readonly #near = this.#rig.take(2 * FRAME);
  readonly #octets = this.#rig.take(FRAME);

  run(options: LoopOptions): PortSound[] {
    const { says, enable } = options;
    const random = options.losses === undefined ? () => 1 : randomFrom(options.losses);
    const length = says[0]?.length ?? 0;
    const ports = says.map(() => ({ far: new Int16Array(length), out: new Int16Array(length), shift: 0 }));
    for (const state of this.#states) this.#open(state, enable);
    for (let at = 0; at + FRAME <= length; at += FRAME)
      for (const [n, port] of ports.entries()) {
        const other = ports[ports.length - 1 - n] ?? port;
        if (random() < 0.03) port.shift = Math.floor(random() * 3) - 1;
        port.far.set(this.#heard(options, other.out, at, 0), at);
        const echo = this.#heard(options, other.out, at, port.shift);
        const lost = random() < 0.03;
        const said = says[n]?.subarray(at, at + FRAME) ?? [];
        const near = Float64Array.from(said, (one, k) => (lost ? 0 : one + 0.1 * (echo[k] ?? 0)));
        port.out.set(this.#cancel(this.#states[n] ?? 0, port.far.subarray(at, at + FRAME), this.#coded(near)), at);
      }
    return ports;
  }

  #heard({ delay, first }: LoopOptions, out: Int16Array, at: number, shift: number): Int16Array {
    if (first !== undefined && at < first.length) return this.#coded(first.subarray(at, at + FRAME));
    const from = at - (delay + shift) * FRAME;
    return from < 0 ? new Int16Array(FRAME) : this.#coded(Float64Array.from(out.subarray(from, from + FRAME)));
  }

  #open(state: number, enable: number): void {
    this.#rig.octets(state, STATE).fill(0);
    this.#rig.call("echoOpen", state, 16);
    this.#rig.call("echoEnable", state, enable);
  }

  #cancel(state: number, far: Int16Array, near: Int16Array): Int16Array {
    this.#rig.samples(this.#far, FRAME).set(far);
    this.#rig.samples(this.#near, FRAME).set(near);
    this.#rig.call("echoFrame", state, this.#far, this.#near, FRAME);
    return this.#rig.samples(this.#near, FRAME).slice();
  }

  #coded(samples: Float64Array): Int16Array {
    this.#rig.samples(this.#far, FRAME).set(linear(samples));
    this.#rig.call("encodePcma", this.#far, this.#octets, FRAME);
    this.#rig.call("decodePcma", this.#octets, this.#far, FRAME);
    return this.#rig.samples(this.#far, FRAME).slice();
  }
}

/** The best normalised correlation of the first within the second. */
export function likeness(said: Float64Array, heard: Int16Array): number {
  const energy = (samples: ArrayLike<number>, from: number) => {
    let sum = 0;
    for (let n = 0; n < said.length; n++) sum += (samples[from + n] ?? 0) ** 2;
    return sum;
  };
  const own = energy(said, 0);
  let best = 0;
  for (let from = 0; from + said.length <= heard.length; from += FRAME) {
    let dot = 0;
    for (let n = 0; n < said.length; n++) dot += (said[n] ?? 0) * (heard[from + n] ?? 0);
    best = Math.max(best, Math.abs(dot) / Math.sqrt(own * energy(heard, from) + 1));
  }
  return best;
}
