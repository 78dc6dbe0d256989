import * as layout from "../../assembly/layout.ts";
import type { Address } from "../message/media.ts";
import type { BatchedParts } from "./batched-io.ts";
import type { ConnectedSockets } from "./connected-sockets.ts";
import { MessageHeaders } from "./message-headers.ts";
import type { PinnedMemory } from "./pinned-memory.ts";
import { SOCKADDR_ROOM, sockaddrSize, writeSockaddr } from "./sockaddr.ts";
import type { Pair } from "./udp-sockets.ts";

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;
const ROOM = layout.RTP_OUT_STRIDE - layout.SLOT_DATA;

/** Sends from the map's slots. */
export class BatchedOut {
  readonly #parts: BatchedParts;
  readonly #memory: PinnedMemory;
  readonly #pairs: readonly Pair[];
  readonly #connected: ConnectedSockets;
  readonly #family: 4 | 6;
  readonly #voice: MessageHeaders;
  /** A sockaddr for each stream. */
  readonly #names: number;
  readonly #targets: (Address | null)[];
  /** Where the octets of each slot are: numbers among which null keeps each an object of its own, so that none is made. */
  readonly #places: readonly unknown[];
  /** The connected socket that reaches each stream's target, -1 = none: found out whenever either is another. */
  readonly #sentBy: Int32Array;
  readonly #seenChanges: Int32Array;
  /** The stream whose name each header has. */
  readonly #named: Int32Array;
  readonly #report: MessageHeaders;
  readonly #reportName: number;
  readonly #reportPlace: number;

  constructor(
    parts: BatchedParts,
    memory: PinnedMemory,
    pairs: readonly Pair[],
    connected: ConnectedSockets,
    family: 4 | 6,
  ) {
    this.#parts = parts;
    this.#memory = memory;
    this.#pairs = pairs;
    this.#connected = connected;
    this.#family = family;
    const slots = parts.libc.addressOf(parts.map.octets) + layout.RTP_OUT_OFFSET + layout.SLOT_DATA;
    this.#voice = new MessageHeaders(memory, layout.RTP_OUT_SLOTS);
    this.#names = memory.take(SOCKADDR_ROOM * pairs.length);
    this.#targets = pairs.map(() => null);
    this.#named = new Int32Array(layout.RTP_OUT_SLOTS).fill(-1);
    const places = Array.from({ length: layout.RTP_OUT_SLOTS }, (_, n) => slots + n * layout.RTP_OUT_STRIDE);
    for (const [n, place] of places.entries()) this.#voice.setPlace(n, place, 0);
    this.#places = [...places, null];
    this.#sentBy = new Int32Array(pairs.length).fill(-1);
    this.#seenChanges = new Int32Array(pairs.length).fill(-1);
    this.#report = new MessageHeaders(memory, 1);
    this.#reportName = memory.take(SOCKADDR_ROOM);
    this.#reportPlace = memory.take(layout.MAX_DATAGRAM);
    this.#report.setName(0, memory.addressAt(this.#reportName), sockaddrSize(family));
  }

  sendTick(targetOf: (stream: number) => Address | null): void {
    const { map } = this.#parts;
    const waiting = Math.min(layout.RTP_OUT_SLOTS, map.word(layout.HEADER_RTP_OUT));
    let first = 0;
    while (first < waiting) {
      const stream = streamOf(map.word(slotAt(first) + layout.SLOT_ENDPOINT), this.#pairs.length);
      let end = first + 1;
      while (end < waiting && map.word(slotAt(end) + layout.SLOT_ENDPOINT) === stream) end++;
      const target = targetOf(stream);
      if (target !== null && stream < this.#pairs.length) this.#sendVoice(stream, target, first, end);
      first = end;
    }
  }

  sendRtcp(stream: number, octets: Uint8Array, to: Address): void {
    if (octets.length > layout.MAX_DATAGRAM) return;
    this.#memory.octets.set(octets, this.#reportPlace);
    this.#report.setPlace(0, this.#memory.addressAt(this.#reportPlace), octets.length);
    writeSockaddr(this.#memory.octets.subarray(this.#reportName, this.#reportName + SOCKADDR_ROOM), to);
    this.#send(this.#pairs[stream]?.rtcp ?? -1, this.#report, 0, 1);
  }

  #sendVoice(stream: number, target: Address, first: number, end: number): void {
    const name = this.#names + stream * SOCKADDR_ROOM;
    if (this.#targets[stream] !== target) {
      writeSockaddr(this.#memory.octets.subarray(name, name + SOCKADDR_ROOM), target);
      this.#targets[stream] = target;
      this.#seenChanges[stream] = -1;
    }
    const changes = this.#connected.changesOf(stream);
    if (this.#seenChanges[stream] !== changes) {
      this.#seenChanges[stream] = changes;
      this.#sentBy[stream] = this.#connected.reaches(stream, name) ? this.#connected.descriptorOf(stream) : -1;
    }
    const descriptor = this.#sentBy[stream] ?? -1;
    if (descriptor >= 0) this.#sendConnected(descriptor, stream, name, first, end);
    else this.#sendNamed(stream, name, first, end);
  }

  #sendConnected(descriptor: number, stream: number, name: number, first: number, end: number): void {
    const { libc } = this.#parts;
    for (let n = first; n < end; n++) {
      const place = this.#places[n] as number;
      const length = this.#lengthOf(n);
      // The first attempt may only tell that the far end did not listen to the packet before.
      if (libc.send(descriptor, place, length, FLAGS) >= 0 || libc.send(descriptor, place, length, FLAGS) >= 0)
        continue;
      // Such as when this machine's address is no more the one that it was connected from.
      this.#sendNamed(stream, name, n, n + 1);
    }
  }

  #sendNamed(stream: number, name: number, first: number, end: number): void {
    for (let n = first; n < end; n++) {
      if (this.#named[n] !== stream) {
        this.#voice.setName(n, this.#memory.addressAt(name), sockaddrSize(this.#family));
        this.#named[n] = stream;
      }
      this.#voice.setLength(n, this.#lengthOf(n));
    }
    this.#send(this.#pairs[stream]?.rtp ?? -1, this.#voice, first, end - first);
  }

  #lengthOf(n: number): number {
    return Math.max(0, Math.min(ROOM, this.#parts.map.word(slotAt(n) + layout.SLOT_LENGTH)));
  }

  /** The kernel may stop anywhere in a batch; the message it stopped at is lost, as UDP may lose any. */
  #send(descriptor: number, headers: MessageHeaders, first: number, count: number): void {
    for (let done = 0; done < count; ) {
      const left = count - done;
      const sent = this.#parts.libc.sendmmsg(descriptor, headers.addressOf(first + done, left), left, FLAGS);
      done += sent > 0 ? sent : 1;
    }
  }
}

/** Nothing that a wrong number in the map could index outside. */
function streamOf(endpoint: number, streams: number): number {
  return endpoint >= 0 && endpoint < streams ? endpoint : streams;
}

function slotAt(n: number): number {
  return layout.RTP_OUT_OFFSET + n * layout.RTP_OUT_STRIDE;
}
