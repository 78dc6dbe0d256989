import { ms } from "../../message/units.ts";
import type { UsbSetup } from "../../vendor/family.ts";
import { ccMessages, discriminators, lceMessages, mmMessages, PAGE_MS } from "../../vendor/reference/wire/cc.ts";
import type { RequestName } from "../../vendor/reference/wire/control.ts";
import {
  BASE_PRODUCT,
  BASE_PRODUCT_ID,
  MAX_CHANNELS,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
} from "../../vendor/reference/wire/descriptor.ts";
import type { Identification } from "../../vendor/reference/wire/identify.ts";
import { portableIdentity, releaseReason } from "../../vendor/reference/wire/information.ts";
import { decodeLinkFrame, type LinkFrame } from "../../vendor/reference/wire/link-frame.ts";
import { encodeSubscriptions } from "../../vendor/reference/wire/subscription.ts";
import { FIFO_FRAMES } from "../device/play-out.ts";
import type { Firmware, FirmwareHost } from "../device/reference-device.ts";
import { type Frame, silentFrame } from "../sound/frame.ts";
import type { AirMessage } from "./air.ts";
import type { Handset } from "./handset.ts";
import { type Link, Links } from "./links.ts";

/** What tells one base from another. */
export interface BaseOptions {
  readonly serialNumber: string;
  /** Radio fixed part identity, 10 hex digits. */
  readonly rfpi: string;
  /** Handset n of the protocol is handsets[n - 1]. */
  readonly handsets: readonly Handset[];
}

/** A radio frame: what a message needs through the air. */
const AIR_MS = 10;
/** From the page to the handset's answer. */
const PAGE_RESPONSE_MS = 60;
/** A handset in a call that is not heard of for this long is gone. */
const LINK_LOST_MS = 5000;

/** Firmware of the reference base: the radio, paging, and the copies that the host gets. docs/device-protocol.md §8 */
export class BaseFirmware implements Firmware {
  readonly productId = BASE_PRODUCT_ID;
  readonly productName = BASE_PRODUCT;
  readonly serialNumber: string;
  readonly identification: Identification;
  readonly #host: FirmwareHost;
  readonly #handsets: readonly Handset[];
  readonly #links: Links;
  #powered = false;

  constructor(host: FirmwareHost, { serialNumber, rfpi, handsets }: BaseOptions) {
    this.#host = host;
    this.#handsets = handsets;
    this.#links = new Links(host.clock);
    this.serialNumber = serialNumber;
    this.identification = {
      major: PROTOCOL_MAJOR,
      minor: PROTOCOL_MINOR,
      kind: "base",
      channels: MAX_CHANNELS,
      phones: handsets.length,
      formats: ["L16"],
      firmware: 0x0100,
      inFifo: FIFO_FRAMES,
      outFifo: FIFO_FRAMES,
      rfpi,
      model: "Emulated DECT base",
    };
    handsets.forEach((handset, n) => {
      handset.air = {
        send: (message) => this.#heard(n + 1, handset, message),
        moved: () => this.#moved(n + 1, handset),
        used: () => host.wake(),
      };
    });
  }

  get awake(): boolean {
    return this.#handsets.some(({ hook }) => hook === "off");
  }

  powerUp(): void {
    this.#powered = true;
    this.#dropAll();
  }

  powerDown(): void {
    this.#powered = false;
    this.#dropAll();
  }

  session(): void {
    this.#dropAll();
  }

  controlIn(request: RequestName, { value, index }: UsbSetup): Uint8Array | null {
    if (request !== "subscriptions" || value !== 0 || index !== 0) return null;
    // A handset goes away without a word: what the base knows is that it was there.
    const list = this.#handsets.map(({ ipui }, n) => ({
      handset: n + 1,
      located: true,
      ipui,
      formats: this.identification.formats,
    }));
    return encodeSubscriptions(list);
  }

  controlOut(request: RequestName, _setup: UsbSetup, data: Uint8Array): boolean {
    if (request !== "linkSend") return false;
    const frame = decodeLinkFrame(data);
    if (!frame.ok) return false;
    const handset = this.#handsets[frame.value.handset - 1];
    const { channel } = frame.value;
    if (handset === undefined || (channel !== null && channel >= MAX_CHANNELS)) return false;
    return frame.value.discriminator !== discriminators.cc || this.#fromHost(frame.value, handset);
  }

  tick(): void {
    for (const handset of this.#handsets)
      if (handset.hook === "off" && this.#links.attachedTo(handset) === null) handset.talk(silentFrame);
  }

  speak(channel: number, heard: Frame): Frame {
    const handset = this.#links.onChannel(channel)?.handset ?? null;
    if (handset === null || handset.hook === "on") return silentFrame;
    if (handset.present) return handset.talk(heard);
    handset.talk(silentFrame);
    return silentFrame;
  }

  #fromHost(frame: LinkFrame, handset: Handset): boolean {
    const link = this.#links.find(frame.handset, frame.transaction);
    if (frame.message === ccMessages.setup) return link === null && this.#page(frame, handset);
    if (link === null) {
      if (frame.message !== ccMessages.releaseCom) this.#complete(frame, true);
      return true;
    }
    if (frame.message === ccMessages.setupAck) link.channel = frame.channel;
    if (frame.message === ccMessages.setupAck || frame.message === ccMessages.connectAck)
      link.attached = link.channel !== null;
    if (frame.message === ccMessages.releaseCom) this.#links.end(link);
    else if (frame.message === ccMessages.release) this.#release(link, frame);
    else if (link.state === "paging") link.waiting.push(frame);
    else this.#transmit(link, frame);
    return true;
  }

  #page(frame: LinkFrame, handset: Handset): boolean {
    if (frame.transaction.byHandset) return true;
    const link = this.#links.begin(frame.handset, handset, frame.transaction, frame.channel, "paging");
    link.waiting.push(frame);
    link.timer = this.#host.clock.after(ms(PAGE_RESPONSE_MS), () => {
      if (handset.present) this.#answered(link);
      else link.timer = this.#host.clock.after(ms(PAGE_MS - PAGE_RESPONSE_MS), () => this.#pageFailed(link));
    });
    return true;
  }

  #answered(link: Link): void {
    link.timer?.();
    link.timer = null;
    link.state = "open";
    for (const frame of link.waiting.splice(0)) this.#transmit(link, frame);
  }

  #pageFailed(link: Link): void {
    link.timer = null;
    link.state = "unreachable";
    link.waiting.length = 0;
    this.#toHost(link, { discriminator: discriminators.lce, message: lceMessages.pageFailed, elements: [] });
  }

  #transmit(link: Link, frame: LinkFrame): void {
    this.#host.clock.after(ms(AIR_MS), () => {
      if (this.#links.lives(link) && link.handset.present) link.handset.receive(frame);
    });
  }

  /** The base answers for a handset that it cannot reach, or that has released as well. */
  #release(link: Link, frame: LinkFrame): void {
    link.attached = false;
    if (link.state === "releasing") {
      this.#links.end(link);
      return;
    }
    if (link.state === "open" && link.handset.present) {
      link.hostReleased = true;
      this.#transmit(link, frame);
      return;
    }
    this.#links.end(link);
    if (link.state === "open") link.handset.linkLost();
    this.#complete(frame, false);
  }

  #complete({ handset, transaction }: LinkFrame, unknown: boolean): void {
    const elements = unknown ? [releaseReason("unknown")] : [];
    const message = ccMessages.releaseCom;
    const link: LinkFrame = {
      handset,
      discriminator: discriminators.cc,
      transaction,
      message,
      channel: null,
      elements,
    };
    this.#host.event({ kind: "link", link });
  }

  /** A message from a handset. */
  #heard(number: number, handset: Handset, message: AirMessage): void {
    if (!handset.present || !this.#powered) return;
    let link = this.#links.find(number, message.transaction);
    if (message.message === ccMessages.setup)
      link ??= this.#links.begin(number, handset, message.transaction, null, "open");
    if (link === null) return;
    this.#toHost(link, { discriminator: discriminators.cc, ...message });
    const ends = message.message === ccMessages.releaseCom;
    if (ends || (message.message === ccMessages.release && link.hostReleased)) this.#links.end(link);
    else if (message.message === ccMessages.release) this.#links.release(link);
  }

  #moved(number: number, handset: Handset): void {
    for (const link of this.#links.of(handset)) this.#reach(link);
    if (!handset.present) return;
    this.#host.event({
      kind: "link",
      link: {
        handset: number,
        discriminator: discriminators.mm,
        transaction: { byHandset: false, value: 0 },
        message: mmMessages.locateRequest,
        channel: null,
        elements: [portableIdentity(handset.ipui)],
      },
    });
  }

  #reach(link: Link): void {
    if (link.state === "paging" && link.handset.present) this.#answered(link);
    if (link.state !== "open") return;
    link.timer?.();
    link.timer = link.handset.present ? null : this.#host.clock.after(ms(LINK_LOST_MS), () => this.#lost(link));
  }

  #lost(link: Link): void {
    link.handset.linkLost();
    const elements = [releaseReason("notInRange")];
    this.#toHost(link, { discriminator: discriminators.cc, message: ccMessages.release, elements });
    if (link.hostReleased) this.#links.end(link);
    else this.#links.release(link);
  }

  #toHost(link: Link, message: Pick<LinkFrame, "discriminator" | "message" | "elements">): void {
    const { number: handset, transaction } = link;
    this.#host.event({ kind: "link", link: { handset, transaction, channel: null, ...message } });
  }

  #dropAll(): void {
    for (const link of this.#links.all) {
      this.#links.end(link);
      link.handset.linkLost();
    }
  }
}
