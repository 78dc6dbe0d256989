import type { Clock } from "../../vendor/clock/clock.ts";
import type { UsbBus, UsbDevice } from "../../vendor/family.ts";
import { type Claims, FacadeDevice } from "./facade.ts";
import type { Plug } from "./plug.ts";

/** A USB host controller with emulated devices. */
export class EmulatedBus implements UsbBus {
  readonly #clock: Clock;
  readonly #sockets: ReadonlyMap<Plug, Claims>;
  readonly #listeners = new Set<() => void>();
  #lastAddress = 0;

  constructor(plugs: readonly Plug[], clock: Clock) {
    this.#clock = clock;
    this.#sockets = new Map(plugs.map((plug) => [plug, new Map()]));
    for (const plug of plugs) plug.plugIn(++this.#lastAddress);
  }

  /** New objects each time, as the library gives them. */
  async getDevices(): Promise<readonly UsbDevice[]> {
    const plugged = [...this.#sockets].filter(([plug]) => plug.plugged);
    return plugged.map(([plug, claims]) => new FacadeDevice(plug, claims, this.#clock));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  has(plug: Plug): boolean {
    return plug.plugged;
  }

  plug(plug: Plug): void {
    plug.plugIn(++this.#lastAddress);
    this.#tell();
  }

  unplug(plug: Plug): void {
    this.#sockets.get(plug)?.clear();
    plug.pullOut();
    this.#tell();
  }

  async close(): Promise<void> {
    for (const plug of this.#sockets.keys()) if (plug.plugged) plug.pullOut();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
