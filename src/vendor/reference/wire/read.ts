/** What reading octets from outside gives: the value, or what is wrong with them. Reading never throws. */
export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: WireFault };

/** Why octets were refused. A closed list, so that refusals can be counted by kind. */
export type WireFault =
  | "too short"
  | "wrong magic"
  | "other version"
  | "wrong length"
  | "wrong checksum"
  | "channel twice"
  | "wrong channel"
  | "wrong format"
  | "wrong payload length"
  | "wrong body length"
  | "element cut off";

export function value<Value>(it: Value): Read<Value> {
  return { ok: true, value: it };
}

export function fault(why: WireFault): { readonly ok: false; readonly fault: WireFault } {
  return { ok: false, fault: why };
}

/** Little-endian access to the octets, bounds as DataView has them. */
export function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}
