import type { DectEvent } from "../../message/dect.ts";
import { type DeviceName, type PartyName, type UsbEndpoint, usbEndpoint } from "../../message/name.ts";
import type { Broken } from "./breach.ts";

type Attached = Extract<DectEvent, { readonly kind: "attached" }>;

/** Which handset is at which base, and that no channel is used which that does not have. */
export class BaseRules {
  readonly #broken: Broken;
  readonly #bases = new Map<PartyName, { readonly base: DeviceName; readonly channels: number }>();

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  attached({ base, channels, handsets }: Attached): void {
    for (const { handset } of handsets) this.#bases.set(handset, { base, channels });
  }

  detached(device: DeviceName): void {
    for (const handset of this.handsetsOf(device)) this.#bases.delete(handset);
  }

  /** Its base is there. */
  has(handset: PartyName): boolean {
    return this.#bases.has(handset);
  }

  *handsetsOf(device: DeviceName): Iterable<PartyName> {
    for (const [handset, { base }] of this.#bases) if (base === device) yield handset;
  }

  /** A voice channel that is used for a handset; null when its base is not known. */
  channel(handset: PartyName, channel: number): UsbEndpoint | null {
    const known = this.#bases.get(handset);
    if (known === undefined) return null;
    if (channel < 0 || channel >= known.channels)
      this.#broken("limit", [known.base, handset], `has channel ${channel} of ${known.channels}`);
    return usbEndpoint(known.base, channel);
  }
}
