import type { DectCommand } from "../message/dect.ts";
import type { DeviceVoice } from "../message/device-voice.ts";
import type { Event, Post } from "../message/event.ts";
import type { FxsCommand } from "../message/fxs.ts";
import type { DeviceName, PhoneName } from "../message/name.ts";
import type { Clock } from "./clock/clock.ts";
import type { AttachedDevice, Family, UsbDevice } from "./family.ts";
import type { Numbers } from "./numbering.ts";

export interface SlotContext {
  readonly clock: Clock;
  readonly post: Post;
  readonly openVoice: (device: DeviceName, channels: number, frameMs?: 10 | 20) => DeviceVoice;
  readonly report: (problem: string) => void;
}

/**
 * One attachment of one device: from the attempt to its end. Events that the family posts while it attaches wait
 * until commands can reach the device; after `detached` nothing passes; `detached` passes exactly once for
 * each `attached`.
 */
export class DeviceSlot {
  readonly name: DeviceName;
  readonly device: UsbDevice;
  readonly family: Family;
  /** Its handsets or ports, once attached. */
  phones: readonly PhoneName[] = [];
  model = "";
  /** Resolves with the reason when the device was at work and is gone. */
  readonly gone: Promise<string>;

  readonly #context: SlotContext;
  readonly #numbers: Numbers;
  #attached: AttachedDevice | null = null;
  #waiting: Event[] | null = [];
  #announced = false;
  #over = false;
  #resolveGone: (reason: string) => void = () => {};

  constructor(device: UsbDevice, family: Family, numbers: Numbers, context: SlotContext) {
    this.device = device;
    this.family = family;
    this.name = numbers.name;
    this.#numbers = numbers;
    this.#context = context;
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
  }

  /** Rejects with a sentence when the device cannot be attached. */
  async attach(): Promise<void> {
    const { clock, openVoice, report } = this.#context;
    const attached = await this.family.attach(this.device, {
      device: this.name,
      firstNumber: this.#numbers.firstNumber,
      clock,
      post: (event) => this.#take(event),
      openVoice: (channels, frameMs) => openVoice(this.name, channels, frameMs),
      report: (problem) => report(`${this.name}: ${problem}`),
    });
    this.#attached = attached;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const event of waiting) this.#pass(event);
    void attached.gone.then((reason) => this.#end(reason));
  }

  perform(command: DectCommand | FxsCommand): void {
    this.#attached?.perform(command);
  }

  /** Ends it in good order, and says why before anything else; harmless when it has ended. */
  async detach(reason: string): Promise<void> {
    this.#announceEnd(reason);
    await this.#attached?.detach();
    this.#end(reason);
  }

  #take(event: Event): void {
    if (this.#waiting === null) this.#pass(event);
    else this.#waiting.push(event);
  }

  #pass(event: Event): void {
    if (this.#over) return;
    if (event.kind === "attached") {
      this.#announced = true;
      this.model = event.model;
      this.phones = event.world === "dect" ? event.handsets.map((it) => it.handset) : event.ports.map((it) => it.port);
    }
    if (event.kind === "detached") this.#over = true;
    this.#context.post(event);
  }

  #announceEnd(reason: string): void {
    if (this.#announced && !this.#over) this.#pass(this.#detached(reason));
    this.#over = true;
  }

  #end(reason: string): void {
    this.#announceEnd(reason);
    this.#attached = null;
    this.#resolveGone(reason);
  }

  #detached(reason: string): Event {
    const at = this.#context.clock.now();
    if (isBase(this.name)) return { world: "dect", kind: "detached", at, base: this.name, reason };
    return { world: "fxs", kind: "detached", at, dongle: this.name, reason };
  }
}

function isBase(name: DeviceName): name is `base:${number}` {
  return name.startsWith("base:");
}
