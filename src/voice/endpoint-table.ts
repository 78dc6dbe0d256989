import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import type { DeviceName, Endpoint } from "../message/name.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";

/** Which endpoints there are, and their places in the memory map. */
export class EndpointTable {
  readonly #map: VoiceMap;
  readonly #streams: number;
  readonly #channels = new Map<Endpoint, number>();

  /** `streams`: RTP streams that are bound. */
  constructor(map: VoiceMap, streams: number) {
    this.#map = map;
    this.#streams = streams;
  }

  attach(device: DeviceName, channels: readonly number[]): void {
    channels.forEach((channel, n) => {
      this.#channels.set(`usb:${device}:${n}`, layout.MAX_RTP + channel);
    });
  }

  detach(device: DeviceName, close: (index: number) => void): void {
    for (const [endpoint, index] of this.#channels) {
      if (!endpoint.startsWith(`usb:${device}:`)) continue;
      close(index);
      this.#channels.delete(endpoint);
    }
  }

  /** Index in the memory map; null when there is no such endpoint. */
  indexOf(endpoint: Endpoint): number | null {
    if (!endpoint.startsWith("rtp:")) return this.#channels.get(endpoint) ?? null;
    const stream = Number(endpoint.slice(4));
    return Number.isInteger(stream) && stream >= 0 && stream < this.#streams ? stream : null;
  }

  nameOf(index: number): Endpoint | null {
    if (index >= 0 && index < this.#streams) return `rtp:${index}`;
    for (const [endpoint, channel] of this.#channels) if (channel === index) return endpoint;
    return null;
  }

  /** The channels of all devices. */
  channels(): { readonly endpoint: Endpoint; readonly index: number; readonly isOpen: boolean }[] {
    return [...this.#channels].map(([endpoint, index]) => ({ endpoint, index, isOpen: this.isOpen(index) }));
  }

  hasOpenChannel(): boolean {
    for (const index of this.#channels.values()) if (this.isOpen(index)) return true;
    return false;
  }

  /** Indices of all open endpoints. */
  openIndices(): number[] {
    const all = [...Array(this.#streams).keys(), ...this.#channels.values()];
    return all.filter((index) => this.isOpen(index));
  }

  isOpen(index: number): boolean {
    return this.#map.word(endpointAddress(index) + words.CONTROL_OPEN) !== 0;
  }

  whyNotOpen(endpoint: Endpoint, index: number | null): string {
    return index === null ? this.missing(endpoint) : `${endpoint} is closed: open it first`;
  }

  missing(endpoint: Endpoint): string {
    return endpoint.startsWith("rtp:")
      ? `no stream ${endpoint}: rtp:0 to rtp:${this.#streams - 1} are bound`
      : `no channel ${endpoint}: its device is not attached`;
  }
}
