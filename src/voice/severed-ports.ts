import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isIP } from "node:net";
import { SOCKADDR_ROOM, sockaddrAddress, writeSockaddr } from "./sockaddr.ts";

/** Any file that may be asked whether it can be read: libuv aborts where epoll refuses one. */
const INSTEAD = "/proc/self/mounts";

/**
 * Takes the UDP sockets on these ports of this address away from the thread that has them, which is about to be
 * terminated: in Node 20 a datagram that such a thread is handed meanwhile aborts the whole process (v8::FromJust in
 * UDPWrap::OnRecv). In the place of each lies a file under the same number, for the thread's end closes that number, and
 * it must be nobody else's by then. Does nothing where there is no /proc.
 */
export function severPorts(address: string, ports: readonly number[]): void {
  const severed = descriptorsOf(inodesOf(address, new Set(ports)));
  if (severed.length > 0) replace(severed);
}

/** The system gives the lowest free number: so all below the highest one are taken first. */
function replace(descriptors: readonly number[]): void {
  const highest = Math.max(...descriptors);
  const spare = [openSync(INSTEAD, "r")];
  while ((spare.at(-1) ?? highest) < highest) spare.push(openSync(INSTEAD, "r"));
  for (const descriptor of descriptors) {
    closeSync(descriptor);
    const instead = openSync(INSTEAD, "r");
    if (instead !== descriptor) spare.push(instead);
  }
  spare.forEach(closeSync);
}

/** Of the sockets on these ports, of any process. */
function inodesOf(address: string, ports: ReadonlySet<number>): ReadonlySet<string> {
  const table = readTable(isIP(address) === 6 ? "/proc/self/net/udp6" : "/proc/self/net/udp");
  const wanted = hexOf(address);
  const inodes = table.flatMap((line) => {
    const [, local = "", , , , , , , , inode = ""] = line.trim().split(/\s+/);
    const [where, port = ""] = local.split(":");
    return where === wanted && ports.has(Number.parseInt(port, 16)) ? [inode] : [];
  });
  return new Set(inodes);
}

function readTable(file: string): string[] {
  try {
    return readFileSync(file, "latin1").split("\n").slice(1);
  } catch {
    return [];
  }
}

/** As the table has it: words of 32 bits in the processor's order. */
function hexOf(address: string): string {
  const octets = new Uint8Array(SOCKADDR_ROOM);
  writeSockaddr(octets, { address, port: 0 });
  const words = new Uint32Array(Uint8Array.from(sockaddrAddress(octets)).buffer);
  return Array.from(words, (word) => word.toString(16).toUpperCase().padStart(8, "0")).join("");
}

function descriptorsOf(inodes: ReadonlySet<string>): number[] {
  if (inodes.size === 0) return [];
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(fd))?.[1] ?? "";
    return inodes.has(inode) ? [Number(fd)] : [];
  });
}

/** Empty when it was closed meanwhile. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}
