import * as layout from "../../assembly/layout.ts";
import type { Endpoint } from "../../src/message/name.ts";
import { TapRing } from "../../src/voice/tap.ts";
import { type TapRate, tapAddress } from "../../src/voice/taps.ts";
import type { Rig } from "./rig.ts";

/** The host's end of a ring of the tick. */
export class TapEnd {
  readonly ring: TapRing;
  readonly #rig: Rig;
  readonly #n: number;

  constructor(rig: Rig, n: number) {
    this.#rig = rig;
    this.#n = n;
    const at = tapAddress(n) + layout.TAP_RING;
    this.ring = TapRing.make(rig.map.memory.buffer, at, layout.TAP_SAMPLES);
  }

  record(endpoint: Endpoint): void {
    this.#rig.control.tap({ kind: "record", ring: this.#n, endpoint });
  }

  /** The whole of it, at most what the ring holds. */
  play(endpoint: Endpoint, samples: Int16Array, rateHz: TapRate = 8000): void {
    this.ring.write(samples);
    this.ring.end();
    this.#rig.control.tap({ kind: "play", ring: this.#n, endpoint, rateHz });
  }

  release(): void {
    this.#rig.control.tap({ kind: "release", ring: this.#n });
  }

  /** What was recorded since it was last asked. */
  take(): { readonly said: Int16Array; readonly heard: Int16Array } {
    const samples = new Int16Array(this.ring.fill);
    this.ring.read(samples);
    return {
      said: samples.filter((_, n) => n % 2 === 0),
      heard: samples.filter((_, n) => n % 2 === 1),
    };
  }
}
