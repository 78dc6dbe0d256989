import * as layout from "../../assembly/layout.ts";
import type { VoiceMap } from "./map.ts";

/** Puts received datagrams where the next tick finds them. */
export class PacketsIn {
  readonly #map: VoiceMap;

  constructor(map: VoiceMap) {
    this.#map = map;
  }

  /** What waits of a stream that closes is nobody's. */
  forget(stream: number): void {
    let waiting = this.#map.word(layout.HEADER_RTP_IN);
    for (let n = waiting - 1; n >= 0; n--) {
      const slot = slotAt(n);
      if (this.#map.word(slot + layout.SLOT_ENDPOINT) !== stream) continue;
      waiting--;
      this.#map.octets.copyWithin(slot, slotAt(waiting), slotAt(waiting + 1));
    }
    this.#map.setWord(layout.HEADER_RTP_IN, waiting);
  }

  /**
   * `arrival` in RTP units of 125 µs. When there is no room the packet is dropped: it is then missing in its sequence
   * and counted as lost. False when it is too long to be voice.
   */
  put(stream: number, datagram: Uint8Array, arrival: number): boolean {
    if (datagram.length > layout.MAX_DATAGRAM) return false;
    const waiting = this.#map.word(layout.HEADER_RTP_IN);
    if (waiting >= layout.RTP_IN_SLOTS) return true;
    const slot = slotAt(waiting);
    this.#map.setWord(slot + layout.SLOT_ENDPOINT, stream);
    this.#map.setWord(slot + layout.SLOT_LENGTH, datagram.length);
    this.#map.setWord(slot + layout.SLOT_ARRIVAL, arrival | 0);
    this.#map.octets.set(datagram, slot + layout.SLOT_DATA);
    this.#map.setWord(layout.HEADER_RTP_IN, waiting + 1);
    return true;
  }
}

function slotAt(n: number): number {
  return layout.RTP_IN_OFFSET + n * layout.RTP_IN_STRIDE;
}
