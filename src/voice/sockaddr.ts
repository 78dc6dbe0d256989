import { isIP, SocketAddress } from "node:net";
import { networkInterfaces } from "node:os";
import type { Address } from "../message/media.ts";

/** `struct sockaddr_in` and `sockaddr_in6` of Linux. */
export const AF_INET = 2;
export const AF_INET6 = 10;
/** Room for either. */
export const SOCKADDR_ROOM = 32;
const IN_SIZE = 16;
const IN6_SIZE = 28;
const PORT = 2;
const IN_ADDRESS = 4;
const IN6_ADDRESS = 8;
const IN6_SCOPE = 24;

/** How many octets the address of a socket of this family has. */
export function sockaddrSize(family: 4 | 6): number {
  return family === 6 ? IN6_SIZE : IN_SIZE;
}

/** Writes a literal address. `octets` has SOCKADDR_ROOM of them. */
export function writeSockaddr(octets: Uint8Array, { address, port }: Address): void {
  const view = new DataView(octets.buffer, octets.byteOffset, SOCKADDR_ROOM);
  octets.fill(0, 0, SOCKADDR_ROOM);
  view.setUint16(PORT, port);
  if (isIP(address) !== 6) {
    view.setUint16(0, AF_INET, true);
    octets.set(address.split(".").map(Number), IN_ADDRESS);
    return;
  }
  view.setUint16(0, AF_INET6, true);
  const [bare = "", zone] = address.split("%");
  groupsOf(bare).forEach((group, n) => {
    view.setUint16(IN6_ADDRESS + 2 * n, group);
  });
  if (zone !== undefined) view.setUint32(IN6_SCOPE, scopeOf(zone), true);
}

/** The octets of the address alone: 4 or 16. */
export function sockaddrAddress(octets: Uint8Array): Uint8Array {
  const isIn = octets[0] === AF_INET && octets[1] === 0;
  return isIn ? octets.subarray(IN_ADDRESS, IN_ADDRESS + 4) : octets.subarray(IN6_ADDRESS, IN6_ADDRESS + 16);
}

/** The address that a system call wrote; of IPv6 in the canonical form. */
export function readSockaddr(octets: Uint8Array): Address {
  const view = new DataView(octets.buffer, octets.byteOffset, SOCKADDR_ROOM);
  const port = view.getUint16(PORT);
  if (view.getUint16(0, true) === AF_INET)
    return { address: octets.subarray(IN_ADDRESS, IN_ADDRESS + 4).join("."), port };
  const groups = Array.from({ length: 8 }, (_, n) => view.getUint16(IN6_ADDRESS + 2 * n).toString(16));
  return { address: new SocketAddress({ address: groups.join(":"), family: "ipv6" }).address, port };
}

/** The eight groups of an IPv6 address (RFC 4291 §2.2), which is one. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const left = numbersOf(head);
  if (tail === undefined) return left;
  const right = numbersOf(tail);
  return [...left, ...Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right];
}

function numbersOf(groups: string): number[] {
  if (groups === "") return [];
  return groups.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** 0 when there is no such interface: sending fails then, as it must. */
function scopeOf(zone: string): number {
  if (/^\d+$/.test(zone)) return Number(zone);
  return networkInterfaces()[zone]?.find((one) => one.family === "IPv6" && one.scopeid !== 0)?.scopeid ?? 0;
}
