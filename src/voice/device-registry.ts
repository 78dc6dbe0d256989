import * as layout from "../../assembly/layout.ts";
import type { VoiceFormat } from "../message/media.ts";
import type { DeviceName, Endpoint } from "../message/name.ts";
import type { FrameMs } from "./contract.ts";
import { DeviceRings } from "./device-rings.ts";
import type { VoiceMap } from "./map.ts";

/** Which device has which channels of the memory map. Hot-plug gives them out and takes them back. */
export class DeviceRegistry {
  readonly #map: VoiceMap;
  readonly #free: number[];
  readonly #devices = new Map<DeviceName, DeviceRings>();

  readonly #frameMs: FrameMs;

  /** Of the map's channels the first `channels` are used. `frameMs`: of the tick. */
  constructor(map: VoiceMap, channels: number, frameMs: FrameMs) {
    this.#map = map;
    this.#frameMs = frameMs;
    this.#free = Array.from({ length: Math.min(channels, layout.MAX_USB) }, (_, n) => n);
  }

  /** Throws a sentence when there are not so many channels left, or the device's frames are shorter than ours. */
  open(device: DeviceName, channels: number, deviceMs: FrameMs, closed: () => void): DeviceRings {
    this.#devices.get(device)?.close();
    const tickMs = this.#frameMs;
    if (deviceMs < tickMs)
      throw new Error(`${device} has voice frames of ${deviceMs} ms: set voice.frame_ms = ${deviceMs}`);
    if (channels > this.#free.length)
      throw new Error(`${device} has ${channels} voice channels, ${this.#free.length} are left: raise usbChannels`);
    const free = () => {
      if (this.#devices.get(device) !== rings) return;
      this.#devices.delete(device);
      this.#free.push(...rings.slots);
      closed();
    };
    const rings = new DeviceRings(this.#map, this.#free.splice(0, channels), free, { tickMs, deviceMs });
    this.#devices.set(device, rings);
    return rings;
  }

  forEach(visit: (device: DeviceName, rings: DeviceRings) => void): void {
    for (const [device, rings] of this.#devices) visit(device, rings);
  }

  /** The upper half opens, changes or closes an endpoint; RTP endpoints are nobody's device. */
  setFormat(endpoint: Endpoint, format: VoiceFormat | null): void {
    const split = endpoint.lastIndexOf(":");
    for (const [device, rings] of this.#devices)
      if (endpoint.slice(0, split) === `usb:${device}`) rings.setFormat(Number(endpoint.slice(split + 1)), format);
  }
}
