import { BASE, DRIFT_STATE, FILL, FRACTION, STEP } from "../../assembly/rate/state.ts";
import { KernelRig } from "./kernel-rig.ts";

const FRAME_MICROS = 20_000;

export interface OtherClock {
  readonly rate: 8000 | 16_000;
  /** 1: it sends frames, -1: it takes them. */
  readonly direction: 1 | -1;
  /** How much faster it is than ours. */
  readonly ppm: number;
  /** How much later than it should each frame is sent or taken, ms; without: never. */
  readonly lateMs?: (frame: number) => number;
  /** Sample at each place in the sound that goes through. */
  readonly sound: (sample: number) => number;
}

/** A frame that came out: `from` is where in the sound it begins, `step` how far a sample goes. */
export interface Made {
  readonly samples: Int16Array;
  readonly from: number;
  readonly step: number;
}

/**
 * A stream between our tick and another clock, with a ring of whole frames between, as the gateway has for USB. Calls
 * `heard` with each frame that the kernel made, until `ticks` are over.
 */
export class Clocks {
  readonly rig = new KernelRig();
  readonly state = this.rig.take(DRIFT_STATE);
  /** Ticks (or pulls) for which there was no frame, after the first one. */
  dry = 0;
  /** Frames that passed untouched. */
  passed = 0;
  waiting = 0;
  readonly #other: OtherClock;
  readonly #frame: number;
  readonly #from: number;
  readonly #to: number;
  readonly #state32: Int32Array;
  readonly #state64: BigInt64Array;
  readonly #sound: Int16Array;
  readonly #made: Int16Array;
  #events = 0;
  #lastTime = 0;
  #put = 0;
  #sent = 0;
  #primed = false;
  #running = false;

  constructor(other: OtherClock, ppb = 0) {
    this.#other = other;
    this.#frame = other.rate / 50;
    this.#from = this.rig.take(2 * this.#frame);
    this.#to = this.rig.take(2 * this.#frame);
    this.#sound = this.rig.samples(this.#from, this.#frame);
    this.#made = this.rig.samples(this.#to, this.#frame);
    this.#state32 = this.rig.words(this.state, DRIFT_STATE / 4);
    this.#state64 = new BigInt64Array(this.rig.memory.buffer, this.state, DRIFT_STATE / 8);
    this.rig.call("driftOpen", this.state, other.rate, other.direction, ppb);
  }

  run(ticks: number, heard: (made: Made, tick: number) => void): void {
    const drift = this.rig.kernel("driftTick");
    for (let tick = 0; tick < ticks; tick++) {
      const now = tick * FRAME_MICROS;
      this.#otherSide(now);
      if (!this.#primed) {
        if (this.#other.direction === 1 && this.waiting < 2 * this.#frame) continue;
        this.#primed = true;
      }
      const through = drift(this.state, this.waiting, (this.#lastTime % 2 ** 32) | 0, (now % 2 ** 32) | 0) !== 0;
      if (through && !this.#running) this.#begin();
      if (!through) this.#pass();
      else if (this.#other.direction === 1) this.#take((made) => heard(made, tick));
      else this.#give((made) => heard(made, tick));
    }
  }

  /** Frames that the other clock has sent or taken by now. */
  #otherSide(now: number): void {
    const { ppm, lateMs, direction } = this.#other;
    for (;;) {
      const due = 1300 + (this.#events * FRAME_MICROS) / (1 + ppm * 1e-6);
      const time = Math.max(this.#lastTime + 1, due + 1000 * (lateMs?.(this.#events) ?? 0));
      if (time > now) return;
      this.#events++;
      this.#lastTime = Math.floor(time);
      if (direction === 1) this.waiting += this.#frame;
      else if (this.waiting >= this.#frame) this.waiting -= this.#frame;
      else if (this.#sent > 3) this.dry++;
    }
  }

  #begin(): void {
    this.#running = true;
    const history = this.rig.take(32);
    const view = this.rig.samples(history, 16);
    for (let n = 0; n < 16; n++) view[n] = this.#other.sound(this.#put - 16 + n);
    this.rig.call("driftBegin", this.state, history);
  }

  #pass(): void {
    this.passed++;
    this.#put += this.#frame;
    this.waiting += this.#other.direction === 1 ? -this.#frame : this.#frame;
    // A ring towards a device begins with what makes up for lateness.
    if (this.#other.direction === -1 && this.#sent++ === 0) this.waiting += 2 * this.#frame;
  }

  #take(heard: (made: Made) => void): void {
    while (this.rig.call("driftNeed", this.state, this.#frame) > 0 && this.waiting >= this.#frame) {
      this.#putFrame();
      this.waiting -= this.#frame;
    }
    if (!this.#make(heard)) this.dry++;
  }

  #give(heard: (made: Made) => void): void {
    this.#putFrame();
    while (this.#make(heard)) {
      this.waiting += this.#frame;
      this.#sent++;
    }
  }

  #putFrame(): void {
    for (let n = 0; n < this.#frame; n++) this.#sound[n] = this.#other.sound(this.#put + n);
    this.#put += this.rig.call("driftPut", this.state, this.#from, this.#frame);
  }

  #make(heard: (made: Made) => void): boolean {
    const fill = this.#state32[FILL / 4] ?? 0;
    const from = this.#put - fill + (this.#state32[BASE / 4] ?? 0) + Number(this.#state64[FRACTION / 8]) / 2 ** 32;
    if (this.rig.call("driftMake", this.state, this.#to, this.#frame) === 0) return false;
    heard({ samples: this.#made, from, step: this.#stepFrom(from) });
    return true;
  }

  /** How far a sample of the frame just made went. */
  #stepFrom(from: number): number {
    const fill = this.#state32[FILL / 4] ?? 0;
    const to = this.#put - fill + (this.#state32[BASE / 4] ?? 0) + Number(this.#state64[FRACTION / 8]) / 2 ** 32;
    return (to - from) / this.#frame;
  }

  /** What the kernel asks for now, of 1. */
  get asked(): number {
    return Number(this.#state64[STEP / 8]) / 2 ** 32;
  }
}

/** dB by which the frame differs from `peak` x sin(2 pi f x), read at the places it should be read at. */
export function purityDb(made: Made, cyclesPerSample: number, peak: number): number {
  const step = 2 * Math.PI * cyclesPerSample * made.step;
  const [turnRe, turnIm] = [Math.cos(step), Math.sin(step)];
  let re = Math.cos(2 * Math.PI * ((cyclesPerSample * made.from) % 1));
  let im = Math.sin(2 * Math.PI * ((cyclesPerSample * made.from) % 1));
  let error = 0;
  for (let n = 0; n < made.samples.length; n++) {
    const off = (made.samples[n] ?? 0) - peak * im;
    error += off * off;
    const next = re * turnRe - im * turnIm;
    im = re * turnIm + im * turnRe;
    re = next;
  }
  return 10 * Math.log10((made.samples.length * peak * peak) / 2 / Math.max(error, 1e-9));
}
