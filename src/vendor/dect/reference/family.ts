import type { CcCall, SubscribedHandset } from "../../../message/dect.ts";
import type { VoiceFormat } from "../../../message/media.ts";
import type { HandsetName } from "../../../message/name.ts";
import type { AttachedDevice, Family, FamilyContext, UsbDevice } from "../../family.ts";
import { putToWork } from "../../reference/host/attachment.ts";
import { Connection } from "../../reference/host/connection.ts";
import { discriminators, lceMessages, mmMessages } from "../../reference/wire/cc.ts";
import { BASE_PRODUCT, BASE_PRODUCT_ID, VENDOR_ID } from "../../reference/wire/descriptor.ts";
import type { DeviceEvent } from "../../reference/wire/event-frame.ts";
import { encodeLinkFrame, type LinkFrame } from "../../reference/wire/link-frame.ts";
import { decodeSubscriptions, SUBSCRIPTIONS_LENGTH, type Subscription } from "../../reference/wire/subscription.ts";
import { CallControl, type CcLink } from "./call-control.ts";

/** Linear first: the base has decoded the air codec already, G.711 would cost quality and work. */
const preferred: readonly VoiceFormat[] = ["L16", "PCMA", "PCMU"];

/**
 * The Offhook reference base (docs/device-protocol.md §8). One family serves all bases of a gateway: it names the
 * calls that handsets begin, and gives no name twice, whatever is plugged when.
 */
export function referenceBase(): Family {
  let named = 0;
  const nextName = (): CcCall => {
    named += 1;
    return `cc:in-${named}`;
  };
  return {
    name: "dect/reference",
    kind: "base",
    claims: [{ vendorId: VENDOR_ID, productId: BASE_PRODUCT_ID, says: `${BASE_PRODUCT}, protocol 1` }],
    attach: (device, context) => attach(device, context, nextName),
  };
}

async function attach(device: UsbDevice, context: FamilyContext, nextName: () => CcCall): Promise<AttachedDevice> {
  // Read before anything is pending: the library refuses it then.
  const serial = device.serialNumber ?? "";
  const connection = await Connection.open(device, "base", context);
  try {
    const subscriptions = await readSubscriptions(connection);
    const base = new ReferenceBase(connection, context, subscriptions, nextName);
    const attached = putToWork(connection, context, base);
    base.postAttached(serial);
    return attached;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function readSubscriptions(connection: Connection): Promise<readonly Subscription[]> {
  const list = decodeSubscriptions(await connection.ask("subscriptions", 0, 0, SUBSCRIPTIONS_LENGTH));
  if (!list.ok) throw new Error(`its list of handsets is malformed (${list.fault})`);
  return list.value;
}

class ReferenceBase implements CcLink {
  readonly nextName: () => CcCall;
  readonly #connection: Connection;
  readonly #context: FamilyContext;
  readonly #subscriptions: ReadonlyMap<number, Subscription>;
  readonly #callControl: CallControl;
  #outdated = false;

  constructor(
    connection: Connection,
    context: FamilyContext,
    subscriptions: readonly Subscription[],
    nextName: () => CcCall,
  ) {
    this.nextName = nextName;
    this.#connection = connection;
    this.#context = context;
    this.#subscriptions = new Map(subscriptions.map((it) => [it.handset, it]));
    this.#callControl = new CallControl(this, context);
  }

  postAttached(serial: string): void {
    const { model, channels } = this.#connection.identification;
    const handsets = [...this.#subscriptions.values()].map((it) => this.#handsetOf(it));
    const base = this.#context.device;
    this.#context.post({ ...this.#now(), kind: "attached", base, model, serial, channels, handsets });
    for (const it of this.#subscriptions.values()) {
      if (!it.located) this.#context.post({ ...this.#now(), kind: "detachedHandset", handset: this.#name(it.handset) });
    }
  }

  perform(command: Parameters<AttachedDevice["perform"]>[0]): void {
    if (command.world !== "dect") return;
    this.#callControl.perform(command);
    this.#renewWhenIdle();
  }

  handle(event: DeviceEvent): void {
    if (event.kind === "link") this.#handleLink(event.link);
    else if (event.kind === "subscriptionsChanged") this.#outdated = true;
    else this.#context.report("event refused: not of a base");
    this.#renewWhenIdle();
  }

  close(reason: string): void {
    this.#callControl.close();
    this.#context.post({ ...this.#now(), kind: "detached", base: this.#context.device, reason });
  }

  send(frame: LinkFrame): Promise<void> {
    return this.#connection.tell("linkSend", 0, 0, encodeLinkFrame(frame));
  }

  nameOf(number: number): HandsetName | null {
    return this.#subscriptions.has(number) ? this.#name(number) : null;
  }

  numberOf(handset: HandsetName): number | null {
    for (const number of this.#subscriptions.keys()) if (this.#name(number) === handset) return number;
    return null;
  }

  ipuiOf(number: number): string {
    return this.#subscriptions.get(number)?.ipui ?? "";
  }

  #handleLink(frame: LinkFrame): void {
    const { discriminator, message } = frame;
    if (discriminator === discriminators.cc) return this.#callControl.handle(frame);
    if (discriminator === discriminators.lce && message === lceMessages.pageFailed) {
      return this.#callControl.pageFailed(frame);
    }
    if (discriminator === discriminators.mm) return this.#handleMobility(frame);
    this.#context.report("message dropped: unknown protocol or message");
  }

  #handleMobility({ handset: number, message }: LinkFrame): void {
    const handset = this.nameOf(number);
    if (handset === null) return this.#context.report("MM message refused: unknown handset");
    if (message === mmMessages.locateRequest) this.#context.post({ ...this.#now(), kind: "located", handset });
    else if (message === mmMessages.detach) this.#context.post({ ...this.#now(), kind: "detachedHandset", handset });
    else this.#context.report("message dropped: unknown protocol or message");
  }

  /** Another list of handsets is learnt by attaching anew, once no call suffers by it. */
  #renewWhenIdle(): void {
    if (this.#outdated && this.#callControl.idle) this.#connection.fail("its handsets have changed");
  }

  #handsetOf(it: Subscription): SubscribedHandset {
    const offered = this.#connection.identification.formats;
    const formats = preferred.filter((format) => it.formats.includes(format) && offered.includes(format));
    return { handset: this.#name(it.handset), ipui: it.ipui, formats };
  }

  #name(number: number): HandsetName {
    return `handset:${this.#context.firstNumber + number - 1}`;
  }

  #now(): { readonly world: "dect"; readonly at: ReturnType<FamilyContext["clock"]["now"]> } {
    return { world: "dect", at: this.#context.clock.now() };
  }
}
