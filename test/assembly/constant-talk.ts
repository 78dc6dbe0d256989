import { Rig } from "./rig.ts";
import { writeRtp } from "./rtp.ts";

/** A frame of one value, in L16. */
export function flat(value: number, samples = 160): Uint8Array {
  return new Uint8Array(new Int16Array(samples).fill(((value & 0xff) << 8) | ((value >> 8) & 0xff)).buffer);
}

/** Streams of L16, each saying its own constant in each tick; what each hears of it, null when that is no constant. */
export class Constants {
  readonly rig: Rig;
  readonly #streams: number;
  readonly #samples: number;
  #n = 0;

  constructor(streams: number, frameMs: 10 | 20 = 20) {
    this.rig = new Rig({ frameMs });
    this.#samples = 8 * frameMs;
    this.#streams = streams;
    for (let n = 0; n < streams; n++) this.rig.openRtp(n, "L16/8000");
  }

  tick(silent: readonly number[] = []): (number | null)[] {
    const n = this.#n++;
    for (let stream = 0; stream < this.#streams; stream++) {
      if (silent.includes(stream)) continue;
      const packet = {
        payloadType: 96,
        sequence: n,
        timestamp: n * this.#samples,
        payload: flat(10 ** stream, this.#samples),
      };
      this.rig.deliver(stream, writeRtp(packet));
    }
    const heard = new Array<number | null>(this.#streams).fill(null);
    for (const { stream, packet } of this.rig.tick()) {
      const samples = new DataView(packet.payload.buffer);
      const first = samples.getInt16(0);
      const same = Array.from({ length: this.#samples }, (_, k) => samples.getInt16(2 * k)).every(
        (sample) => sample === first,
      );
      heard[stream] = same ? first : null;
    }
    return heard;
  }

  /** The last of so many ticks. */
  after(ticks: number, silent: readonly number[] = []): (number | null)[] {
    for (let n = 1; n < ticks; n++) this.tick(silent);
    return this.tick(silent);
  }
}
