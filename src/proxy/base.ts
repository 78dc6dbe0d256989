import type { DeviceName } from "../message/name.ts";
import type { DeviceView } from "../message/view.ts";

/**
 * A USB device as the house last knew it: a DECT base, or an FXS dongle. Its voice channels are handed out here
 * (a dongle's are fixed, one per port).
 */
export class Base {
  readonly device: DeviceName;
  #model = "";
  #serial = "";
  #channels = 0;
  #attached = false;
  readonly #taken = new Set<number>();

  constructor(device: DeviceName) {
    this.device = device;
  }

  get attached(): boolean {
    return this.#attached;
  }

  attach(model: string, serial: string, channels: number): void {
    this.#model = model;
    this.#serial = serial;
    this.#channels = channels;
    this.#attached = true;
    this.#taken.clear();
  }

  detach(): void {
    this.#attached = false;
  }

  /** The lowest free voice channel, or null when all are busy. */
  takeChannel(): number | null {
    for (let channel = 0; channel < this.#channels; channel++) {
      if (this.#taken.has(channel)) continue;
      this.#taken.add(channel);
      return channel;
    }
    return null;
  }

  giveChannel(channel: number): void {
    this.#taken.delete(channel);
  }

  view(): DeviceView {
    return {
      device: this.device,
      model: this.#model,
      serial: this.#serial,
      attached: this.#attached,
      channels: this.#channels,
    };
  }

  restore(view: DeviceView): void {
    this.attach(view.model, view.serial, view.channels);
    this.#attached = view.attached;
  }
}
