import { isIP, isIPv4 } from "node:net";

/** Of an IP address as text; 4 for what is none. */
export function familyOf(address: string): 4 | 6 {
  return isIP(bare(address)) === 6 ? 6 : 4;
}

/** The 4 or 16 octets of an address; IPv4 in 16 is mapped (RFC 4291 §2.5.5.2). What is no address has zeros. */
export function octetsOf(address: string, family: 4 | 6): Uint8Array {
  const text = bare(address);
  if (family === 4) return isIPv4(text) ? Uint8Array.from(text.split(".").map(Number)) : new Uint8Array(4);
  const octets = new Uint8Array(16);
  if (isIPv4(text)) return octetsOf(`::ffff:${text}`, 6);
  if (isIP(text) !== 6) return octets;
  const [before = "", after] = text.split("::");
  const [head, tail] = [groups(before), groups(after ?? "")];
  octets.set(head, 0);
  octets.set(tail, 16 - tail.length);
  return octets;
}

/** Without a zone. */
function bare(address: string): string {
  return address.split("%")[0] ?? "";
}

function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
