import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";
import { TapRing } from "./tap.ts";

/** Samples a second, of a file. */
export type TapRate = 8000 | 16_000;

/** Told once for each ring that `record` or `play` was asked for. */
export interface TapListener {
  began(ring: number, rateHz: TapRate): void;
  /** The tick has nothing to do with the ring any more; a sentence when it never had. */
  ended(ring: number, refused: string | null): void;
}

type Use = { readonly index: number; readonly what: "recorded" | "played to" };

/** The tick's side of the rings to files: control words of the memory map. Runs on the thread of the tick. */
export class Taps {
  readonly #map: VoiceMap;
  readonly #listener: TapListener;
  readonly #uses = new Map<number, Use>();

  constructor(map: VoiceMap, listener: TapListener) {
    this.#map = map;
    this.#listener = listener;
  }

  /** What the endpoint says and hears goes to the ring from the next tick on, at the rate of its codec. */
  record(ring: number, index: number, name: string): void {
    if (!this.#take(ring, { index, what: "recorded" }, name)) return;
    const at = tapAddress(ring);
    const wide = this.#map.isWide(this.#map.word(endpointAddress(index) + words.CONTROL_FORMAT));
    this.#map.octets.fill(0, at, at + layout.TAP_RING);
    this.#map.setWord(at + layout.TAP_WIDE, wide ? 1 : 0);
    this.#map.setWord(at + layout.TAP_ENDPOINT, index + 1);
    this.#count();
    this.#listener.began(ring, wide ? 16_000 : 8000);
  }

  /** What is in the ring is heard at the endpoint from the next tick on, instead of its peer. */
  play(ring: number, index: number, rateHz: TapRate, name: string): void {
    if (!this.#take(ring, { index, what: "played to" }, name)) return;
    this.#map.setWord(tapAddress(ring) + layout.TAP_WIDE, rateHz === 16_000 ? 1 : 0);
    this.#map.setWord(endpointAddress(index) + words.CONTROL_PLAY, ring + 1);
    this.#listener.began(ring, rateHz);
  }

  refuse(ring: number, reason: string): void {
    this.#listener.ended(ring, reason);
  }

  /** Nothing happens when it has ended by itself. */
  release(ring: number): void {
    const use = this.#uses.get(ring);
    if (use === undefined) return;
    this.#uses.delete(ring);
    if (use.what === "recorded") this.#map.setWord(tapAddress(ring) + layout.TAP_ENDPOINT, 0);
    else this.#map.setWord(endpointAddress(use.index) + words.CONTROL_PLAY, 0);
    this.#count();
    this.#listener.ended(ring, null);
  }

  /** The endpoint's session is over. */
  closed(index: number): void {
    for (const [ring, use] of [...this.#uses]) if (use.index === index) this.release(ring);
  }

  /** After a tick: files that were heard to their end. */
  look(): void {
    if (this.#uses.size === 0) return;
    for (const [ring, { what }] of this.#uses) {
      if (what === "recorded") continue;
      const file = TapRing.at(this.#map.memory.buffer, tapAddress(ring) + layout.TAP_RING);
      if (file.ended && file.fill === 0) this.release(ring);
    }
  }

  /** One recording and one file at a time for an endpoint. */
  #take(ring: number, use: Use, name: string): boolean {
    const taken = [...this.#uses.values()].some(({ index, what }) => index === use.index && what === use.what);
    if (taken) this.refuse(ring, `${name} is ${use.what} already: stop that first`);
    else this.#uses.set(ring, use);
    return !taken;
  }

  #count(): void {
    const recorded = [...this.#uses.values()].filter(({ what }) => what === "recorded");
    this.#map.setWord(layout.HEADER_TAPPED, recorded.length);
  }
}

/** Address of what belongs to a ring. */
export function tapAddress(ring: number): number {
  return layout.TAPS_OFFSET + ring * layout.TAP_STRIDE;
}
