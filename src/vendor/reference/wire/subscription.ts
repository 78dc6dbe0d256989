import type { VoiceFormat } from "../../../message/media.ts";
import { decodeFormats, encodeFormats, hexOfOctets, octetsOfHex } from "./identify.ts";
import { fault, type Read, value, viewOf } from "./read.ts";

/** One handset that the base knows (EN 300 175-5 §13: access rights were given). */
export interface Subscription {
  /** 1-255, chosen by the base, stable while the subscription lasts. */
  readonly handset: number;
  /** Location registered: it was heard of since it was last switched off. */
  readonly located: boolean;
  /** IPUI as hex, an even number of digits, at most 26. */
  readonly ipui: string;
  /** Frame formats the base can hand over for this handset. */
  readonly formats: readonly VoiceFormat[];
}

/** Length to ask for in the control transfer: 32 subscriptions with the longest IPUI fit. */
export const SUBSCRIPTIONS_LENGTH = 640;
const FIXED = 5;

export function encodeSubscriptions(list: readonly Subscription[]): Uint8Array {
  const octets: number[] = [list.length];
  for (const it of list) {
    const ipui = octetsOfHex(it.ipui);
    const formats = encodeFormats(it.formats);
    octets.push(it.handset, it.located ? 1 : 0, formats & 0xff, formats >> 8, ipui.length, ...ipui);
  }
  return Uint8Array.from(octets);
}

export function decodeSubscriptions(octets: Uint8Array): Read<readonly Subscription[]> {
  if (octets.length < 1) return fault("too short");
  const view = viewOf(octets);
  const list: Subscription[] = [];
  let at = 1;
  for (let left = view.getUint8(0); left > 0; left--) {
    if (at + FIXED > octets.length) return fault("wrong length");
    const end = at + FIXED + view.getUint8(at + 4);
    if (end > octets.length) return fault("wrong length");
    const handset = view.getUint8(at);
    if (handset === 0 || list.some((other) => other.handset === handset)) return fault("wrong channel");
    list.push({
      handset,
      located: (view.getUint8(at + 1) & 1) !== 0,
      formats: decodeFormats(view.getUint16(at + 2, true)),
      ipui: hexOfOctets(octets.subarray(at + FIXED, end)),
    });
    at = end;
  }
  return value(list);
}
