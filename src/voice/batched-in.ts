import * as layout from "../../assembly/layout.ts";
import type { Address } from "../message/media.ts";
import type { BatchedParts } from "./batched-io.ts";
import { ConnectedIn } from "./connected-in.ts";
import type { ConnectedSockets } from "./connected-sockets.ts";
import { MessageHeaders } from "./message-headers.ts";
import type { PinnedMemory } from "./pinned-memory.ts";
import { isRtcp, type RtpDoor } from "./rtp-io.ts";
import { readSockaddr, SOCKADDR_ROOM, sockaddrSize } from "./sockaddr.ts";
import type { Pair } from "./udp-sockets.ts";

const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
/** The length of what did not fit is told too. */
const FLAGS = MSG_TRUNC | MSG_DONTWAIT;
const EAGAIN = 11;
/** Packets let in from a stream in one tick: a stream that is late catches up, one that floods takes no more. */
const MOST_A_TICK = 32;
const LEAST_A_TICK = 4;
/** Batches of strangers' packets that are looked through in a tick; the rest waits in the socket. */
const MOST_BATCHES = 8;
/** A tick that follows so much later, in units of 125 µs, finds more than one packet a stream. */
const LATE = 30 * 8;
/** Streams that had one packet in the tick before are asked for one only, but every so many ticks for all (a power of 2). */
const ASK_ALL_EVERY = 4;

/**
 * Receives into the map's slots. The slots of refused packets are used again at once. A stream's first packet that is let
 * in gives it a socket that is connected to where it came from; its first socket is then for all others.
 */
export class BatchedIn {
  readonly #parts: BatchedParts;
  readonly #memory: PinnedMemory;
  readonly #connected: ConnectedSockets;
  readonly #fromConnected: ConnectedIn;
  readonly #pairs: readonly Pair[];
  readonly #voice: MessageHeaders;
  readonly #voiceNames: number;
  readonly #report: MessageHeaders;
  readonly #reportName: number;
  readonly #reportPlace: number;
  /** Whom the last packet that was let in came from, and whose far end that was then. */
  readonly #latchedNames: number;
  readonly #latchedFor: (object | null)[];
  /** Null as long as the connected socket may still hold what somebody else sent before it was connected. */
  readonly #sources: (Address | null)[];
  /** Words of a sockaddr that tell sources apart. */
  readonly #words: readonly number[];
  #door: RtpDoor | null = null;
  /** Packets of each stream in its last tick. */
  readonly #got: Uint8Array;
  #share = MOST_A_TICK;
  #arrival = 0;
  #late = true;
  #turn = 0;
  /** The far end's source has just been learnt. */
  #moved = false;
  /** Nothing was left in the socket that was read last. */
  #emptied = false;

  constructor(
    parts: BatchedParts,
    memory: PinnedMemory,
    pairs: readonly Pair[],
    connected: ConnectedSockets,
    family: 4 | 6,
  ) {
    this.#parts = parts;
    this.#memory = memory;
    this.#connected = connected;
    this.#fromConnected = new ConnectedIn(parts);
    this.#pairs = pairs;
    const slots = parts.libc.addressOf(parts.map.octets) + layout.RTP_IN_OFFSET + layout.SLOT_DATA;
    this.#voice = new MessageHeaders(memory, layout.RTP_IN_SLOTS);
    this.#voiceNames = memory.take(SOCKADDR_ROOM * layout.RTP_IN_SLOTS);
    for (let n = 0; n < layout.RTP_IN_SLOTS; n++) {
      this.#voice.setPlace(n, slots + n * layout.RTP_IN_STRIDE, layout.MAX_DATAGRAM);
      this.#voice.setName(n, memory.addressAt(this.#nameOf(n)), sockaddrSize(family));
    }
    this.#report = new MessageHeaders(memory, 1);
    this.#reportName = memory.take(SOCKADDR_ROOM);
    this.#reportPlace = memory.take(layout.MAX_DATAGRAM);
    this.#report.setPlace(0, memory.addressAt(this.#reportPlace), layout.MAX_DATAGRAM);
    this.#report.setName(0, memory.addressAt(this.#reportName), sockaddrSize(family));
    this.#got = new Uint8Array(pairs.length);
    this.#latchedNames = memory.take(SOCKADDR_ROOM * pairs.length);
    this.#latchedFor = pairs.map(() => null);
    this.#sources = pairs.map(() => null);
    this.#words = family === 6 ? [0, 2, 3, 4, 5, 6] : [0, 1];
  }

  /** A tick begins; so many streams have a far end. */
  begin(door: RtpDoor, streams: number): void {
    this.#door = door;
    const now = this.#parts.libc.eighths();
    this.#late = ((now - this.#arrival) | 0) > LATE;
    this.#arrival = now;
    this.#turn++;
    const fair = Math.floor(layout.RTP_IN_SLOTS / Math.max(1, streams));
    this.#share = Math.max(LEAST_A_TICK, Math.min(MOST_A_TICK, fair));
  }

  /** What comes from the stream's far end; before its source is known, what comes from anybody. */
  readRtp(stream: number, farEnd: object): void {
    const descriptor = this.#connected.descriptorOf(stream);
    const source = this.#sources[stream] ?? null;
    if (descriptor < 0 || this.#door === null) return this.readFromAnybody(stream, farEnd);
    if (source === null) return this.#readUnsure(stream, farEnd);
    const most = this.#mostOf(stream);
    this.#got[stream] = this.#fromConnected.read(stream, descriptor, most, this.#arrival, this.#door, source);
  }

  /** What comes to the stream's first socket. */
  readFromAnybody(stream: number, farEnd: object | null): void {
    const isForOthers = this.#connected.descriptorOf(stream) >= 0;
    const most = isForOthers ? this.#share : this.#mostOf(stream);
    const got = this.#readBatches(stream, this.#pairs[stream]?.rtp ?? -1, farEnd, most);
    if (!isForOthers) this.#got[stream] = got;
    if (this.#moved && farEnd !== null) this.#connect(stream, farEnd);
  }

  /** The stream's far end is another, or gone. */
  forget(stream: number): void {
    this.#latchedFor[stream] = null;
    this.#sources[stream] = null;
    this.#connected.disconnect(stream);
  }

  #connect(stream: number, farEnd: object): void {
    this.#sources[stream] = null;
    if (this.#connected.connect(stream, this.#latchedNames + stream * SOCKADDR_ROOM)) this.#readUnsure(stream, farEnd);
  }

  /**
   * Between being bound and connected the socket was open to anybody: what came then is looked at as ever, until the
   * socket was found empty once.
   */
  #readUnsure(stream: number, farEnd: object): void {
    this.#got[stream] = this.#readBatches(stream, this.#connected.descriptorOf(stream), farEnd, this.#share, true);
    if (this.#moved) this.forget(stream);
    else if (this.#emptied) this.#sources[stream] = this.#from(this.#latchedNames + stream * SOCKADDR_ROOM);
  }

  /** Returns how many packets there were. */
  #readBatches(stream: number, descriptor: number, farEnd: object | null, most: number, toTheEnd = false): number {
    const { libc, map } = this.#parts;
    this.#moved = false;
    this.#emptied = false;
    let left = most;
    let all = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const first = map.word(layout.HEADER_RTP_IN);
      const room = Math.min(left, layout.RTP_IN_SLOTS - first);
      if (room <= 0) break;
      const got = libc.recvmmsg(descriptor, this.#voice.addressOf(first, room), room, FLAGS);
      if (got <= 0) {
        this.#emptied = toTheEnd && libc.errno() === EAGAIN;
        break;
      }
      const kept = this.#keep(stream, farEnd, first, Math.min(got, room));
      map.setWord(layout.HEADER_RTP_IN, first + kept);
      left -= kept;
      all += got;
      if (got < room && !toTheEnd) break;
    }
    return Math.min(255, all);
  }

  /**
   * To look for a second packet is a second attempt in the kernel. A stream in step has one a tick; if one more is there,
   * it came early, and is in time at the next tick.
   */
  #mostOf(stream: number): number {
    const askAll = ((this.#turn + stream) & (ASK_ALL_EVERY - 1)) === 0;
    return this.#got[stream] === 1 && !askAll && !this.#late ? 1 : this.#share;
  }

  readRtcp(stream: number): void {
    const descriptor = this.#pairs[stream]?.rtcp ?? -1;
    for (let n = 0; n < MOST_BATCHES; n++) {
      const got = this.#parts.libc.recvmmsg(descriptor, this.#report.addressOf(0, 1), 1, FLAGS);
      if (got <= 0) return;
      const length = Math.min(this.#report.receivedLength(0), layout.MAX_DATAGRAM);
      const datagram = this.#memory.octets.subarray(this.#reportPlace, this.#reportPlace + length);
      this.#door?.takeRtcp(stream, datagram, this.#from(this.#reportName));
    }
  }

  /** Moves what is let in together; returns how many that is. */
  #keep(stream: number, farEnd: object | null, first: number, got: number): number {
    const { map } = this.#parts;
    let kept = 0;
    for (let n = first; n < first + got; n++) {
      if (!this.#isVoice(stream, farEnd, n)) continue;
      const length = this.#voice.receivedLength(n);
      const slot = slotAt(first + kept);
      if (n !== first + kept) {
        const data = slotAt(n) + layout.SLOT_DATA;
        map.octets.copyWithin(slot + layout.SLOT_DATA, data, data + length);
      }
      map.setWord(slot + layout.SLOT_ENDPOINT, stream);
      map.setWord(slot + layout.SLOT_LENGTH, length);
      map.setWord(slot + layout.SLOT_ARRIVAL, this.#arrival);
      kept++;
    }
    return kept;
  }

  #isVoice(stream: number, farEnd: object | null, n: number): boolean {
    const { map } = this.#parts;
    const door = this.#door;
    if (door === null) return false;
    const name = this.#nameOf(n);
    if (!this.#isLatched(stream, farEnd, name)) {
      if (!door.admits(stream, this.#from(name))) return false;
      this.#latch(stream, farEnd, name);
    }
    const length = this.#voice.receivedLength(n);
    const data = slotAt(n) + layout.SLOT_DATA;
    if (length > layout.MAX_DATAGRAM) door.tooLong(this.#from(name));
    else if (length > 1 && isRtcp(map.octets[data + 1] ?? 0))
      door.takeRtcp(stream, map.octets.subarray(data, data + length), this.#from(name));
    else return true;
    return false;
  }

  /** True when the last packet that was let in came from there too. */
  #isLatched(stream: number, farEnd: object | null, name: number): boolean {
    if (farEnd === null || this.#latchedFor[stream] !== farEnd) return false;
    const { words } = this.#memory;
    const latched = (this.#latchedNames + stream * SOCKADDR_ROOM) >> 2;
    for (const word of this.#words) if (words[latched + word] !== words[(name >> 2) + word]) return false;
    return true;
  }

  #latch(stream: number, farEnd: object | null, name: number): void {
    this.#latchedFor[stream] = farEnd;
    this.#moved = true;
    this.#memory.octets.copyWithin(this.#latchedNames + stream * SOCKADDR_ROOM, name, name + SOCKADDR_ROOM);
  }

  #nameOf(n: number): number {
    return this.#voiceNames + n * SOCKADDR_ROOM;
  }

  #from(name: number) {
    return readSockaddr(this.#memory.octets.subarray(name, name + SOCKADDR_ROOM));
  }
}

function slotAt(n: number): number {
  return layout.RTP_IN_OFFSET + n * layout.RTP_IN_STRIDE;
}
