import { endianness } from "node:os";
import { loadKoffi } from "./load-koffi.ts";
import { openSystemClock } from "./system-clock.ts";

/**
 * The system calls of the batched edge. Addresses are numbers: the places of memory that does not move. -1 is an error,
 * as in C; `errno` says which, asked at once.
 */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(descriptor: number, address: number, length: number): number;
  connect(descriptor: number, address: number, length: number): number;
  setsockopt(descriptor: number, level: number, name: number, value: number, length: number): number;
  close(descriptor: number): number;
  /** `headers`: address of so many `struct mmsghdr`. */
  recvmmsg(descriptor: number, headers: number, count: number, flags: number): number;
  sendmmsg(descriptor: number, headers: number, count: number, flags: number): number;
  /** One datagram, of a connected socket: its length. */
  recv(descriptor: number, octets: number, length: number, flags: number): number;
  send(descriptor: number, octets: number, length: number, flags: number): number;
  epollCreate(flags: number): number;
  epollControl(epoll: number, operation: number, descriptor: number, event: number): number;
  epollWait(epoll: number, events: number, count: number, timeoutMs: number): number;
  /** `descriptors`: address of so many `struct pollfd`; `patience`: of a `struct timespec`. */
  ppoll(descriptors: number, count: number, patience: number): number;
  errno(): number;
  /** The monotonic clock in units of 125 µs modulo 2^32, as an int32. */
  eighths(): number;
  /** Where the octets lie; of an ArrayBuffer or a WebAssembly memory that does not grow. */
  addressOf(octets: Uint8Array): number;
}

/** The processors whose structures and numbers `sockaddr.ts` and `message-headers.ts` state. */
const known = ["x64", "arm64"];

type Call = (...numbers: number[]) => number;

/** Rejects with a sentence that says why there is none: another system, or no koffi for this processor. */
export async function openLibc(): Promise<Libc> {
  if (process.platform !== "linux" || !known.includes(process.arch) || endianness() !== "LE")
    throw new Error(`batches need Linux on ${known.join(" or ")}, this is ${process.platform} on ${process.arch}`);
  const { errno, load } = await loadKoffi();
  const { eighths } = await openSystemClock();
  const c = load(null);
  const call = (name: string, ...types: string[]): Call => c.func(name, "int", types);
  const move = c.func("memmove", "uintptr_t", ["void *", "void *", "size_t"]);
  const ppoll = call("ppoll", "uintptr_t", "ulong", "uintptr_t", "uintptr_t");
  const recvmmsg = call("recvmmsg", "int", "uintptr_t", "uint", "int", "uintptr_t");
  return {
    socket: call("socket", "int", "int", "int"),
    bind: call("bind", "int", "uintptr_t", "uint"),
    connect: call("connect", "int", "uintptr_t", "uint"),
    setsockopt: call("setsockopt", "int", "int", "int", "uintptr_t", "uint"),
    close: call("close", "int"),
    recvmmsg: (descriptor, headers, count, flags) => recvmmsg(descriptor, headers, count, flags, 0),
    sendmmsg: call("sendmmsg", "int", "uintptr_t", "uint", "int"),
    recv: call("recv", "int", "uintptr_t", "size_t", "int"),
    send: call("send", "int", "uintptr_t", "size_t", "int"),
    epollCreate: call("epoll_create1", "int"),
    epollControl: call("epoll_ctl", "int", "int", "int", "uintptr_t"),
    epollWait: call("epoll_wait", "int", "uintptr_t", "int", "int"),
    ppoll: (descriptors, count, patience) => ppoll(descriptors, count, patience, 0),
    errno: () => errno(),
    eighths,
    // Moves nothing, and returns where it would have.
    addressOf: (octets) => Number(move(octets, octets, 0)),
  };
}
