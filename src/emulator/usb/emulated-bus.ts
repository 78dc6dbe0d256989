import type { UsbBus, UsbDevice } from "../../vendor/family.ts";
import { FacadeDevice } from "./facade.ts";
import type { Plug } from "./plug.ts";

/** A USB host controller with emulated devices. */
export class EmulatedBus implements UsbBus {
  readonly #plugs: readonly Plug[];
  readonly #listeners = new Set<() => void>();
  #lastAddress = 0;

  constructor(plugs: readonly Plug[]) {
    this.#plugs = plugs;
    for (const plug of plugs) plug.plugIn(++this.#lastAddress);
  }

  /** New objects each time, as the library gives them. */
  async getDevices(): Promise<readonly UsbDevice[]> {
    return this.#plugs.filter((plug) => plug.plugged).map((plug) => new FacadeDevice(plug));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  plug(plug: Plug): void {
    plug.plugIn(++this.#lastAddress);
    this.#tell();
  }

  unplug(plug: Plug): void {
    plug.pullOut();
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
