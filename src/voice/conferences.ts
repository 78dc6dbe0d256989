import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import type { ConferenceName, Endpoint } from "../message/name.ts";
import { endpointAddress, kernelAddress, type VoiceMap } from "./map.ts";

export function isConference(name: Endpoint | ConferenceName): name is ConferenceName {
  return name.startsWith("conference:");
}

/** What CONTROL_PEER says of a party of the conference; null for what names none of 1 to MAX_CONFERENCES. */
export function conferencePeer(name: string): number | null {
  const number = /^conference:([1-9][0-9]{0,2})$/.exec(name)?.[1];
  if (number === undefined || Number(number) > layout.MAX_CONFERENCES) return null;
  return layout.MAX_ENDPOINTS + Number(number) - 1;
}

/** Null for a CONTROL_PEER that is no conference. */
export function conferenceName(peer: number): ConferenceName | null {
  const number = peer - layout.MAX_ENDPOINTS;
  return number >= 0 && number < layout.MAX_CONFERENCES ? `conference:${number + 1}` : null;
}

/** Who is in which conference, in the control words of the memory map. Runs on the thread of the tick. */
export class Conferences {
  readonly #map: VoiceMap;
  /** Endpoint -> its CONTROL_PEER. */
  readonly #peers = new Map<number, number>();

  constructor(map: VoiceMap) {
    this.#map = map;
  }

  /** Why the endpoint can not be a party of it, with the way out; null when it can, or is. */
  whyNot(index: number, conference: ConferenceName): string | null {
    const peer = conferencePeer(conference);
    if (peer === null)
      return `${conference} is no conference: conference:1 to conference:${layout.MAX_CONFERENCES} are`;
    if (this.#peers.get(index) === peer || this.#parties(peer) < layout.MAX_PARTIES) return null;
    return `${conference} has its ${layout.MAX_PARTIES} parties: take another one, or wait until somebody leaves`;
  }

  /** The endpoint is in no conference and joined to nobody, and `whyNot` said nothing. */
  enter(index: number, conference: ConferenceName): void {
    const peer = conferencePeer(conference);
    if (peer === null) return;
    // Limiters and resamplers begin anew: what they remember was said elsewhere.
    if (this.#parties(peer) === 0) this.#clearConference(peer - layout.MAX_ENDPOINTS);
    const rates = kernelAddress(index, layout.KERNEL_UP);
    this.#map.octets.fill(0, rates, rates + 2 * layout.KERNEL_RATE_SIZE);
    this.#peers.set(index, peer);
    this.#write(index, peer);
  }

  /** False when it is in none. */
  leave(index: number): boolean {
    if (!this.#peers.delete(index)) return false;
    this.#write(index, -1);
    return true;
  }

  #write(index: number, peer: number): void {
    this.#map.setWord(endpointAddress(index) + words.CONTROL_PEER, peer);
    this.#map.setWord(layout.HEADER_PARTIES, this.#peers.size);
  }

  #parties(peer: number): number {
    return [...this.#peers.values()].filter((other) => other === peer).length;
  }

  #clearConference(number: number): void {
    const at = layout.CONFERENCES_OFFSET + number * layout.CONFERENCE_STRIDE;
    this.#map.octets.fill(0, at, at + layout.CONFERENCE_STRIDE);
  }
}
