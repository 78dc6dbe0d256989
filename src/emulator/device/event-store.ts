import { EVENTS_HELD, type EventState } from "../../vendor/reference/wire/control.ts";
import { type DeviceEvent, encodeEventFrame } from "../../vendor/reference/wire/event-frame.ts";

/** The last 32 events of a device, and which one the host reads next. docs/device-protocol.md §6.1 */
export class EventStore {
  #held: DeviceEvent[] = [];
  #oldest = 0;
  #pointer = 0;
  #overflowed = false;
  #lost = 0;

  get lost(): number {
    return this.#lost;
  }

  get state(): EventState {
    return { oldest: this.#oldest & 0xffff, next: this.#next & 0xffff, overflowed: this.#overflowed };
  }

  get #next(): number {
    return this.#oldest + this.#held.length;
  }

  clear(): void {
    this.#held = [];
    this.#oldest = 0;
    this.#pointer = 0;
    this.#overflowed = false;
    this.#lost = 0;
  }

  push(event: DeviceEvent): void {
    this.#held.push(event);
    if (this.#held.length <= EVENTS_HELD) return;
    this.#held.shift();
    this.#oldest++;
    if (this.#pointer >= this.#oldest) return;
    this.#pointer = this.#oldest;
    this.#overflowed = true;
    this.#lost++;
  }

  /** The transfer of the event that is next for the host, or null. */
  take(): Uint8Array | null {
    const event = this.#held[this.#pointer - this.#oldest];
    if (event === undefined) return null;
    return encodeEventFrame({ sequence: this.#pointer++ & 0xffff, event });
  }

  /** Sends again from this sequence; false when it is not held. */
  replay(sequence: number): boolean {
    const ahead = (sequence - this.#oldest) & 0xffff;
    if (ahead > this.#held.length) return false;
    this.#pointer = this.#oldest + ahead;
    return true;
  }
}
