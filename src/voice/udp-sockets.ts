import { isIP } from "node:net";
import { getSystemErrorName } from "node:util";
import type { VoiceOptions } from "./contract.ts";
import type { Descriptors } from "./descriptors.ts";
import type { Libc } from "./libc.ts";
import type { PinnedMemory } from "./pinned-memory.ts";
import { cannotBind, HIGHEST_PORT, noPorts, RECEIVE_BUFFER } from "./rtp-io.ts";
import { AF_INET, AF_INET6, SOCKADDR_ROOM, sockaddrSize, writeSockaddr } from "./sockaddr.ts";

const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0x800;
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_RCVBUF = 8;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;

export interface Pair {
  readonly port: number;
  readonly rtp: number;
  readonly rtcp: number;
}

type Where = Pick<VoiceOptions, "address" | "firstPort" | "lastPort" | "streams">;

/** Binds pairs of UDP sockets by system calls. */
export class UdpSockets {
  readonly #libc: Libc;
  readonly #memory: PinnedMemory;
  readonly #descriptors: Descriptors;
  readonly #name: number;
  readonly #value: number;

  constructor(libc: Libc, memory: PinnedMemory, descriptors: Descriptors) {
    this.#libc = libc;
    this.#memory = memory;
    this.#descriptors = descriptors;
    this.#name = memory.take(SOCKADDR_ROOM);
    this.#value = memory.take(4);
  }

  /** As many pairs as are free, from the lowest up, `streams` at most. Throws when there is none. */
  openPairs(where: Where): Pair[] {
    const last = where.lastPort ?? HIGHEST_PORT;
    const pairs: Pair[] = [];
    for (let port = where.firstPort + (where.firstPort % 2); pairs.length < where.streams && port < last; port += 2) {
      const rtp = this.#bound(where.address, port);
      if (rtp === null) continue;
      const rtcp = this.#bound(where.address, port + 1);
      if (rtcp === null) this.close(rtp);
      else pairs.push({ port, rtp, rtcp });
    }
    if (pairs.length === 0 && where.streams > 0) throw noPorts(where.address, where.firstPort, last);
    return pairs;
  }

  /**
   * A second socket on the port of `bound` (address at `own`, both addresses of `size` octets), connected to the address
   * at `farEnd`: the kernel gives it what comes from there, and all else to `bound`. Null when it is not to be had.
   */
  openConnected(bound: number, own: number, farEnd: number, size: number): number | null {
    const family = size === sockaddrSize(6) ? AF_INET6 : AF_INET;
    const descriptor = this.#libc.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return null;
    this.#descriptors.remember(descriptor);
    this.#set(descriptor, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    if (family === AF_INET6) this.#set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    // The port is shared for this moment only: nobody else may bind to it.
    this.#set(bound, SOL_SOCKET, SO_REUSEADDR, 1);
    this.#set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    const isBound = this.#libc.bind(descriptor, own, size) === 0;
    this.#set(bound, SOL_SOCKET, SO_REUSEADDR, 0);
    this.#set(descriptor, SOL_SOCKET, SO_REUSEADDR, 0);
    if (isBound && this.#libc.connect(descriptor, farEnd, size) === 0) return descriptor;
    this.close(descriptor);
    return null;
  }

  close(descriptor: number): void {
    // Forgotten first: the number may be another's as soon as it is closed.
    this.#descriptors.forget(descriptor);
    this.#libc.close(descriptor);
  }

  /** Null when the port is taken. */
  #bound(address: string, port: number): number | null {
    const family = isIP(address) === 6 ? 6 : 4;
    const type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const descriptor = this.#libc.socket(family === 6 ? AF_INET6 : AF_INET, type, 0);
    if (descriptor < 0) throw cannotBind(address, port, this.#error());
    this.#descriptors.remember(descriptor);
    this.#set(descriptor, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    if (family === 6) this.#set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    writeSockaddr(this.#memory.octets.subarray(this.#name, this.#name + SOCKADDR_ROOM), { address, port });
    if (this.#libc.bind(descriptor, this.#memory.addressAt(this.#name), sockaddrSize(family)) === 0) return descriptor;
    const error = this.#error();
    this.close(descriptor);
    if (error === "EADDRINUSE" || error === "EACCES") return null;
    throw cannotBind(address, port, error);
  }

  #set(descriptor: number, level: number, name: number, value: number): void {
    this.#memory.words[this.#value >> 2] = value;
    this.#libc.setsockopt(descriptor, level, name, this.#memory.addressAt(this.#value), 4);
  }

  /** Name of the error of the last call. */
  #error(): string {
    const errno = this.#libc.errno();
    return errno > 0 ? getSystemErrorName(-errno) : "an unknown error";
  }
}
