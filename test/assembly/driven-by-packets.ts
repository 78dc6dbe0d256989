import { PacketDrive } from "../../src/voice/packet-drive.ts";
import { PaperNetwork } from "../voice/paper-network.ts";
import type { Turns } from "./device-with-clock.ts";

/** Turns that a far end's packets begin. */
export class DrivenByPackets implements Turns {
  inCall = true;
  mostPeriods = 0;
  readonly #network: PaperNetwork;
  readonly #drive: PacketDrive;

  /** `arrivals`, ms. */
  constructor(arrivals: readonly number[]) {
    this.#network = new PaperNetwork(arrivals);
    this.#drive = new PacketDrive(20, this.#network, this.#network, {
      hasFarEnd: () => this.inCall,
      hasDevice: () => true,
    });
  }

  get windowMs(): number {
    return this.#drive.windowMs;
  }

  get leads(): boolean {
    return this.#drive.leader === 0;
  }

  next() {
    this.#drive.wait();
    const { periods, behindMs } = this.#drive.begin();
    this.mostPeriods = Math.max(this.mostPeriods, periods);
    const ms = this.#network.time;
    const packets = this.#network.drain();
    this.#drive.drained(packets, 0);
    return { micros: Math.round(ms * 1000), dueMicros: Math.round((ms - behindMs) * 1000), periods, packets };
  }
}
