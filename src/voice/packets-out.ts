import * as layout from "../../assembly/layout.ts";
import type { VoiceMap } from "./map.ts";

/** Hands out the packets of the tick just done; views of them are made once. */
export class PacketsOut {
  readonly #map: VoiceMap;
  readonly #slots: readonly Uint8Array[];
  /** What each slot had last: packets of a stream have one length for long. */
  readonly #views: Uint8Array[];

  constructor(map: VoiceMap) {
    this.#map = map;
    this.#slots = Array.from({ length: layout.RTP_OUT_SLOTS }, (_, n) => {
      const at = layout.RTP_OUT_OFFSET + n * layout.RTP_OUT_STRIDE + layout.SLOT_DATA;
      return map.octets.subarray(at, at + layout.RTP_OUT_STRIDE - layout.SLOT_DATA);
    });
    this.#views = [...this.#slots];
  }

  /** The octets are only good until the next tick. */
  forEach(send: (stream: number, packet: Uint8Array) => void): void {
    const waiting = this.#map.word(layout.HEADER_RTP_OUT);
    for (let n = 0; n < waiting; n++) {
      const slot = layout.RTP_OUT_OFFSET + n * layout.RTP_OUT_STRIDE;
      const octets = this.#view(n, this.#map.word(slot + layout.SLOT_LENGTH));
      if (octets !== undefined) send(this.#map.word(slot + layout.SLOT_ENDPOINT), octets);
    }
  }

  #view(n: number, length: number): Uint8Array | undefined {
    const before = this.#views[n];
    if (before?.length === length) return before;
    const octets = this.#slots[n]?.subarray(0, length);
    if (octets !== undefined) this.#views[n] = octets;
    return octets;
  }
}
