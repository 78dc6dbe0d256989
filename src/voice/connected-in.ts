import * as layout from "../../assembly/layout.ts";
import type { Address } from "../message/media.ts";
import type { BatchedParts } from "./batched-io.ts";
import { isRtcp, type RtpDoor } from "./rtp-io.ts";

const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
/** The length of what did not fit is told too. */
const FLAGS = MSG_TRUNC | MSG_DONTWAIT;
const EAGAIN = 11;
/** Messages of ICMP in a tick that do not keep the far end's packets waiting. */
const MOST_ERRORS = 8;

/** Receives from connected sockets into the map's slots, packet by packet: each is the far end's. */
export class ConnectedIn {
  readonly #parts: BatchedParts;
  /** Where the datagram of each slot goes: numbers that are made once, so that none is made in a tick. */
  readonly #places: readonly unknown[];

  constructor(parts: BatchedParts) {
    this.#parts = parts;
    const slots = parts.libc.addressOf(parts.map.octets) + layout.RTP_IN_OFFSET + layout.SLOT_DATA;
    const places = Array.from({ length: layout.RTP_IN_SLOTS }, (_, n) => slots + n * layout.RTP_IN_STRIDE);
    // Among other things than numbers each number stays an object of its own.
    this.#places = [...places, null];
  }

  /** At most `most` packets; returns how many there were. `arrival` in RTP units of 125 µs. */
  read(stream: number, descriptor: number, most: number, arrival: number, door: RtpDoor, from: Address): number {
    const { libc, map } = this.#parts;
    let got = 0;
    let errors = 0;
    while (got < most) {
      const slot = map.word(layout.HEADER_RTP_IN);
      if (slot >= layout.RTP_IN_SLOTS) break;
      const length = libc.recv(descriptor, this.#places[slot] as number, layout.MAX_DATAGRAM, FLAGS);
      if (length < 0) {
        // What was sent before did not get there, or somebody says so: told once, in place of a packet.
        if (libc.errno() === EAGAIN || ++errors > MOST_ERRORS) break;
        continue;
      }
      got++;
      this.#keep(stream, slot, length, arrival, door, from);
    }
    return got;
  }

  #keep(stream: number, slot: number, length: number, arrival: number, door: RtpDoor, from: Address): void {
    const { map } = this.#parts;
    const at = layout.RTP_IN_OFFSET + slot * layout.RTP_IN_STRIDE;
    const data = at + layout.SLOT_DATA;
    if (length > layout.MAX_DATAGRAM) return door.tooLong(from);
    if (length > 1 && isRtcp(map.octets[data + 1] ?? 0))
      return door.takeRtcp(stream, map.octets.subarray(data, data + length), from);
    map.setWord(at + layout.SLOT_ENDPOINT, stream);
    map.setWord(at + layout.SLOT_LENGTH, length);
    map.setWord(at + layout.SLOT_ARRIVAL, arrival);
    map.setWord(layout.HEADER_RTP_IN, slot + 1);
  }
}
