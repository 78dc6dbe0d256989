import type { BuiltInFormat } from "../../src/message/media.ts";
import { Coder, shapes } from "./coder.ts";
import { KernelRig } from "./kernel-rig.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";

const RATE_STATE = 512;
const WIDE = 320;

/** A voice's way to the other rate, as the kernels do it: apart from the tick. */
class Rates {
  readonly #rig = new KernelRig();
  readonly #up = this.#rig.take(RATE_STATE);
  readonly #down = this.#rig.take(RATE_STATE);
  readonly #from = this.#rig.take(2 * WIDE);
  readonly #to = this.#rig.take(2 * WIDE);

  constructor() {
    this.#rig.call("upOpen", this.#up);
    this.#rig.call("downOpen", this.#down);
  }

  change(samples: Int16Array, wide: boolean): Int16Array {
    if ((samples.length === WIDE) === wide) return samples;
    this.#rig.samples(this.#from, samples.length).set(samples);
    this.#rig.call(wide ? "up" : "down", wide ? this.#up : this.#down, this.#from, this.#to, WIDE / 2);
    return Int16Array.from(this.#rig.samples(this.#to, wide ? WIDE : WIDE / 2));
  }
}

/** One far end in a conference: what it says, and what it ought to hear. */
class Party {
  readonly format: BuiltInFormat;
  readonly wide: boolean;
  /** Payloads it has sent, and payloads that were sent to it. */
  readonly said: Uint8Array[] = [];
  readonly heard: Uint8Array[] = [];
  readonly #mouth: Coder;
  readonly #ear: Coder;
  readonly #expected: Coder;
  readonly #rates = new Rates();
  readonly #random: () => number;

  constructor(format: BuiltInFormat, seed: number) {
    this.format = format;
    this.wide = shapes[format].rate === 16_000;
    this.#mouth = new Coder(format);
    this.#ear = new Coder(format);
    this.#expected = new Coder(format);
    this.#random = randomFrom(seed);
  }

  /** The next 20 ms of noise. */
  speak(peak: number): Uint8Array {
    const samples = Int16Array.from({ length: this.wide ? 320 : 160 }, () => (2 * this.#random() - 1) * peak);
    const octets = this.#mouth.encode(samples);
    this.said.push(octets);
    return octets;
  }

  /** What the gateway's decoder makes of the frame, at both rates. */
  decoded(octets: Uint8Array): { readonly narrow: Int16Array; readonly wide: Int16Array } {
    const samples = this.#ear.decode(octets);
    return { narrow: this.#rates.change(samples, false), wide: this.#rates.change(samples, true) };
  }

  /** The sum of the others as this party's codec has it. */
  expects(others: readonly { readonly narrow: Int16Array; readonly wide: Int16Array }[]): Uint8Array {
    const voices = others.map(({ narrow, wide }) => (this.wide ? wide : narrow));
    return this.#expected.encode(
      Int16Array.from({ length: this.wide ? 320 : 160 }, (_, n) =>
        voices.reduce((sum, samples) => sum + (samples[n] ?? 0), 0),
      ),
    );
  }
}

/** Streams 0, 1 … in one conference, and the sums reckoned beside it. */
export class Hall {
  readonly rig = new Rig();
  readonly parties: readonly Party[];
  #ticks = 0;

  constructor(formats: readonly BuiltInFormat[]) {
    this.parties = formats.map((format, n) => new Party(format, n + 1));
    for (const [n, { format }] of this.parties.entries()) {
      this.rig.openRtp(n, format);
      this.rig.perform({ kind: "mix", endpoint: `rtp:${n}`, conference: "conference:1" });
    }
  }

  /** One tick; a party with peak 0 sends nothing. Returns how many packets each was sent. */
  tick(peaks: readonly number[]): void {
    const n = this.#ticks++;
    for (const [stream, party] of this.parties.entries()) {
      const peak = peaks[stream] ?? 0;
      if (peak === 0) continue;
      const payloadType = party.format === "PCMU" ? 0 : party.format === "PCMA" ? 8 : 96;
      const timestamp = n * (party.format === "L16/16000" ? 320 : 160);
      this.rig.deliver(stream, writeRtp({ payloadType, sequence: n, timestamp, payload: party.speak(peak) }));
    }
    for (const { stream, packet } of this.rig.tick()) this.parties[stream]?.heard.push(packet.payload);
  }

  /** What each party ought to have heard: nothing for `delay` ticks, then frame by frame the sum of the others. */
  expected(delay: number): Uint8Array[][] {
    const ought = this.parties.map((): Uint8Array[] => []);
    for (let n = 0; n < this.#ticks; n++) {
      const frames = this.parties.map((party) => {
        const said = n >= delay ? party.said[n - delay] : undefined;
        return said === undefined ? null : party.decoded(said);
      });
      for (const [own, party] of this.parties.entries())
        ought[own]?.push(
          party.expects(frames.filter((frame, n) => n !== own && frame !== null).flatMap((f) => f ?? [])),
        );
    }
    return ought;
  }
}
