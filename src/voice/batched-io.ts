/**
 * RTP by recvmmsg and sendmmsg, once a tick, straight into and out of the memory map: one system call a stream and
 * direction, no turn of the event loop, nothing allocated.
 *
 * Streams whose far end is known are read every tick, each from a socket that is connected to it as soon as its source is
 * known; the ports that only strangers, early or late packets come to, and RTCP, are watched by one epoll.
 */

import { isIP } from "node:net";
import { arch } from "node:os";
import * as layout from "../../assembly/layout.ts";
import type { Address } from "../message/media.ts";
import { BatchedIn } from "./batched-in.ts";
import { BatchedOut } from "./batched-out.ts";
import { ConnectedSockets } from "./connected-sockets.ts";
import type { VoiceOptions } from "./contract.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Libc } from "./libc.ts";
import type { VoiceMap } from "./map.ts";
import { MessageHeaders } from "./message-headers.ts";
import { Patience } from "./patience.ts";
import { PinnedMemory } from "./pinned-memory.ts";
import type { RtpDoor, RtpIo } from "./rtp-io.ts";
import { SOCKADDR_ROOM } from "./sockaddr.ts";
import { type Pair, UdpSockets } from "./udp-sockets.ts";

const EPOLL_CLOEXEC = 0x80000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
/** `struct epoll_event` is packed on x86-64 only. */
const EVENT_SIZE = arch() === "x64" ? 12 : 16;
const EVENT_DATA = arch() === "x64" ? 4 : 8;

/** Where a batched edge works. */
export interface BatchedParts {
  readonly libc: Libc;
  readonly map: VoiceMap;
  readonly descriptors: Descriptors;
}

/** Binds as `openDgramIo` does. Throws with a sentence when no pair is free. */
export function openBatchedIo(
  where: Pick<VoiceOptions, "address" | "firstPort" | "lastPort" | "streams">,
  parts: BatchedParts,
): RtpIo {
  const memory = new PinnedMemory(parts.libc, pinnedSize(where.streams));
  const sockets = new UdpSockets(parts.libc, memory, parts.descriptors);
  const pairs = sockets.openPairs(where);
  const family = isIP(where.address) === 6 ? 6 : 4;
  const connected = new ConnectedSockets(memory, sockets, pairs, where, family);
  return new BatchedIo(parts, memory, { sockets, pairs, connected }, family);
}

/** All structures, each rounded up. */
function pinnedSize(streams: number): number {
  const rows = MessageHeaders.size(layout.RTP_IN_SLOTS + layout.RTP_OUT_SLOTS + 2);
  const names = SOCKADDR_ROOM * (layout.RTP_IN_SLOTS + 2 * streams + 4) + ConnectedSockets.size(streams);
  return rows + names + Patience.size + 2 * streams * 16 + 4 * layout.MAX_DATAGRAM + 1024;
}

interface Sockets {
  readonly sockets: UdpSockets;
  readonly pairs: readonly Pair[];
  readonly connected: ConnectedSockets;
}

class BatchedIo implements RtpIo {
  readonly edge = "batched";
  readonly ports: readonly number[];
  readonly #parts: BatchedParts;
  readonly #memory: PinnedMemory;
  readonly #sockets: UdpSockets;
  readonly #pairs: readonly Pair[];
  readonly #connected: ConnectedSockets;
  readonly #in: BatchedIn;
  readonly #out: BatchedOut;
  readonly #epoll: number;
  readonly #patience: Patience;
  readonly #event: number;
  readonly #events: number;
  readonly #farEnds: (object | null)[];
  /** Whether the epoll watches each stream's first socket. */
  readonly #watched: boolean[];
  #known = 0;
  #turn = 0;

  constructor(parts: BatchedParts, memory: PinnedMemory, { sockets, pairs, connected }: Sockets, family: 4 | 6) {
    this.#parts = parts;
    this.#memory = memory;
    this.#sockets = sockets;
    this.#pairs = pairs;
    this.#connected = connected;
    this.ports = pairs.map((pair) => pair.port);
    this.#in = new BatchedIn(parts, memory, pairs, connected, family);
    this.#out = new BatchedOut(parts, memory, pairs, connected, family);
    this.#farEnds = pairs.map(() => null);
    this.#watched = pairs.map(() => true);
    this.#patience = new Patience(parts.libc, memory);
    this.#event = memory.take(EVENT_SIZE);
    this.#events = memory.take(2 * pairs.length * EVENT_SIZE);
    this.#epoll = parts.libc.epollCreate(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw new Error("RTP: no epoll is to be had: too many files are open");
    parts.descriptors.remember(this.#epoll);
    pairs.forEach((pair, stream) => {
      this.#watch(EPOLL_CTL_ADD, pair.rtp, 2 * stream);
      this.#watch(EPOLL_CTL_ADD, pair.rtcp, 2 * stream + 1);
    });
  }

  drain(door: RtpDoor): void {
    this.#in.begin(door, this.#known);
    const streams = this.#pairs.length;
    // Another stream is the first every time: who floods one takes no room from the same others for ever.
    this.#turn = (this.#turn + 1) % Math.max(1, streams);
    for (let n = 0; n < streams; n++) {
      const stream = (n + this.#turn) % streams;
      const farEnd = door.farEndOf(stream);
      if (farEnd !== this.#farEnds[stream]) this.#changed(stream, farEnd);
      if (farEnd === null) continue;
      this.#in.readRtp(stream, farEnd);
      this.#watchFirst(stream, this.#connected.descriptorOf(stream) >= 0);
    }
    this.#readWatched();
  }

  packetComes(stream: number, withinMs: number): boolean {
    const own = this.#connected.descriptorOf(stream);
    // To the first one strangers may send.
    return this.#patience.packetComes(own >= 0 ? own : (this.#pairs[stream]?.rtp ?? -1), withinMs);
  }

  sendTick(targetOf: (stream: number) => Address | null): void {
    this.#out.sendTick(targetOf);
  }

  sendRtcp(stream: number, octets: Uint8Array, to: Address): void {
    this.#out.sendRtcp(stream, octets, to);
  }

  async close(): Promise<void> {
    this.#connected.close();
    for (const { rtp, rtcp } of this.#pairs) {
      this.#sockets.close(rtp);
      this.#sockets.close(rtcp);
    }
    this.#sockets.close(this.#epoll);
  }

  #changed(stream: number, farEnd: object | null): void {
    const before = this.#farEnds[stream] ?? null;
    this.#farEnds[stream] = farEnd;
    this.#in.forget(stream);
    this.#known += Number(farEnd !== null) - Number(before !== null);
    this.#watchFirst(stream, farEnd === null);
  }

  /** Without a far end, or with a socket of the far end's own, the first one is seldom needed: it is watched. */
  #watchFirst(stream: number, watched: boolean): void {
    const pair = this.#pairs[stream];
    if (pair === undefined || this.#watched[stream] === watched) return;
    this.#watched[stream] = watched;
    this.#watch(watched ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, pair.rtp, 2 * stream);
  }

  #readWatched(): void {
    const { libc } = this.#parts;
    const most = 2 * this.#pairs.length;
    if (most === 0) return;
    const ready = Math.min(most, libc.epollWait(this.#epoll, this.#memory.addressAt(this.#events), most, 0));
    for (let n = 0; n < ready; n++) {
      const which = this.#memory.words[(this.#events + n * EVENT_SIZE + EVENT_DATA) >> 2] ?? 0;
      const stream = which >> 1;
      if ((which & 1) === 1) this.#in.readRtcp(stream);
      else this.#in.readFromAnybody(stream, this.#farEnds[stream] ?? null);
    }
  }

  /** `which` = twice the stream, and 1 for RTCP. */
  #watch(operation: number, descriptor: number, which: number): void {
    const { words } = this.#memory;
    words[this.#event >> 2] = EPOLLIN;
    words[(this.#event + EVENT_DATA) >> 2] = which;
    this.#parts.libc.epollControl(this.#epoll, operation, descriptor, this.#memory.addressAt(this.#event));
  }
}
